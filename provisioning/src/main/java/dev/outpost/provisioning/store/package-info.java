/**
 * The one model store: content-addressed, resumable, and the only way a file becomes loadable.
 *
 * <p>Here: whole files by SHA-256 with their block lists, files that are still arriving, the catalogue of names, and
 * where each file's trust comes from. Not here: where bytes come from, signatures, and what a file is good for; GGUF is
 * known only as far as where its tensors start. Pull, import, USB and fleet updates all enter here. One thread at a
 * time; every file handle is owned by the object that opened it.
 */
package dev.outpost.provisioning.store;
