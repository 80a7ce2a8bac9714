/** The commands of {@code framelabel}. This is the only package that imports picocli. */
package dev.framelabel.tools.cli;
