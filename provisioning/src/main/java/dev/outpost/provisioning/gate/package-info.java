/**
 * Whether a model may serve: golden questions at the gate, good answers on trial.
 *
 * <p>Here: the judgement, and the port {@link dev.outpost.provisioning.gate.HealthProbe} that asks. Not here: engines, and
 * what happens after the verdict. No pass means rollback. Single thread.
 */
package dev.outpost.provisioning.gate;
