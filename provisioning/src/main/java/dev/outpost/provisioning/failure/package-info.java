/**
 * The failures of provisioning: one sealed, unchecked family.
 *
 * <p>Here: {@link dev.outpost.provisioning.failure.RefusedException} (what arrived is not acceptable, nothing changed)
 * and {@link dev.outpost.provisioning.failure.StorageFaultException} (the disk failed). Not here: what either means on a
 * wire; that is decided in {@code runtime}. Failures of a link are not in this family: they are normal and carriers
 * report them as values of their own.
 */
package dev.outpost.provisioning.failure;
