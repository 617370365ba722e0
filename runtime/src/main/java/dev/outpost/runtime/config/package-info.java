/**
 * The settings: defaults, profile, files, environment and flags become one immutable record tree.
 *
 * <p>Every value knows its origin (file and line, variable, flag), every problem is a {@code ConfigProblem} with a
 * place and a remedy. Environment and system properties are read nowhere else. Not here: what a setting does.
 */
package dev.outpost.runtime.config;
