package dev.framelabel.wire;

import static java.util.Objects.requireNonNull;

/**
 * Name under which a topic's schema is registered, and its registry.
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
