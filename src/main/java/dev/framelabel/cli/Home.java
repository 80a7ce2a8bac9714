package dev.framelabel.cli;

import java.nio.file.Path;

/** Where the product's own files are. */
final class Home {
  private Home() {}

  /** The folder that the launcher names, else the working folder. */
  static Path path() {
    return Path.of(System.getProperty("framelabel.home", "."));
  }
}
