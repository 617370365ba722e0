/**
 * A model or configuration arrives and becomes active, or nothing changed.
 *
 * <p>Here: {@link dev.outpost.provisioning.UpdateMachine} with its one
 * {@link dev.outpost.provisioning.TransitionTable}; the steps live in the packages below and do not call each other. Not
 * here: HTTP, MQTT, engines; they come in through ports ({@code Carrier}, {@code EnrolmentChannel}, {@code ModelPreparer},
 * {@code FileInstaller}, {@code HealthProbe}, {@code Storage}, {@code RolloutConditions}, {@code UpdateListener}). One thread
 * drives a machine.
 */
package dev.outpost.provisioning;
