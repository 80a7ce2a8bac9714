package dev.framelabel.wire;

import static java.util.Objects.requireNonNull;

/**
 * Under which name a topic's schema is registered, and where.
 *
 * @param name by Confluent's convention the topic's name and {@code -value}
 */
public record Subject(SchemaRegistry registry, String name) {
  public Subject {
    requireNonNull(registry, "registry");
    requireNonNull(name, "name");
  }

  public static Subject ofTopic(SchemaRegistry registry, String topic) {
    return new Subject(registry, topic + "-value");
  }
}
