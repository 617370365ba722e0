/**
 * Whether a signed document may be used: signatures, versions, addressees, time without a clock.
 *
 * <p>Here: the trusted root and its rotation, floors that never fall, and the order in which documents are checked before
 * any byte of a file is fetched. Not here: bytes of files ({@code store} checks those) and what happens next. Each
 * check is a constant of {@code Check}; all are on, and only a test of this package can leave one out. Single thread.
 */
package dev.outpost.provisioning.verify;
