/**
 * The disk as provisioning sees it: names below one directory, positioned reads and writes, and every sync by name.
 *
 * <p>Here: the port {@link dev.outpost.provisioning.storage.Storage}, its file system adapter, the fail-stop guard and the
 * one way to replace a small file. Not here: what the files mean. The port exists so that tests can cut the power at
 * every operation. Used by one thread at a time; the files returned belong to the caller, who closes them.
 */
package dev.outpost.provisioning.storage;
