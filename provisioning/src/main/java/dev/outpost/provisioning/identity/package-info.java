/**
 * Who the device is: its key, the claim that binds it to a fleet, its certificate, and the end of all three.
 *
 * <p>Here: key made on the device, PKCS#10 request, certificate as candidate, proven, swapped, and the ownership commands.
 * Not here: how a request travels ({@link dev.outpost.provisioning.identity.EnrolmentChannel} is a port) and TLS. The
 * JDK's cryptography alone. With no identity at all the device works: inference, local API and sticks. Single thread.
 */
package dev.outpost.provisioning.identity;
