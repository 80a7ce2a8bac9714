/**
 * Text files that users write: options, cameras, names of classes, tokens.
 *
 * <p>Whoever reads a text file of a user reads it here, so that all take a byte-order mark alike
 * and refuse other encodings alike. A leaf: it knows the JDK only.
 */
package dev.framelabel.text;
