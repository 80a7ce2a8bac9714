package dev.framelabel.model;

import java.nio.file.Path;

/** Opener of the product. An enum, so that it stays one value when it is deserialised. */
enum OnnxModelOpener implements ModelOpener {
  INSTANCE;

  @Override
  public LabelModel open(Path file, SessionSettings settings) {
    return LabelModel.open(file, settings);
  }
}
