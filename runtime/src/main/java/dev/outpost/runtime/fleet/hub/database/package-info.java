/**
 * What a fleet knows, in one SQL schema that SQLite and PostgreSQL both take.
 *
 * <p>The commands of `outpost fleet` and the hubs meet here and nowhere else: a command writes, a hub sees it within a
 * second. Every method is one transaction, durable when it returns, and safe from any thread, process or hub at once.
 */
package dev.outpost.runtime.fleet.hub.database;
