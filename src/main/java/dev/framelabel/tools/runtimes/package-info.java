/**
 * Fetches plug-in execution providers from a Python package index and unpacks them, without Python.
 *
 * <p>Each is known by version and checksum; nothing else is unpacked. Where a session looks for it
 * is decided in {@code model}.
 */
package dev.framelabel.tools.runtimes;
