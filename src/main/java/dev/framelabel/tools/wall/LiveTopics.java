package dev.framelabel.tools.wall;

import java.util.List;

/** The topics that a live view reads. */
public record LiveTopics(String frames, String labels, String rejected, String cameras) {
  /** The names that all commands use where nothing else is said. */
  public static final LiveTopics DEFAULT =
      new LiveTopics("frames", "labels", "rejected", "cameras");

  List<String> all() {
    return List.of(frames, labels, rejected, cameras);
  }

  List<String> outcomes() {
    return List.of(labels, rejected);
  }
}
