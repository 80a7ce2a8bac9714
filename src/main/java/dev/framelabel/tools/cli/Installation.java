package dev.framelabel.tools.cli;

import java.nio.file.Path;

/** Where the product's own files are. */
final class Installation {
  private Installation() {}

  /** The folder that the launcher names, else the working folder. */
  static Path path() {
    return Path.of(System.getProperty("framelabel.home", "."));
  }
}
