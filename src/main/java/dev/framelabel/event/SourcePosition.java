package dev.framelabel.event;

import static java.util.Objects.requireNonNull;

/** Position of a record in Kafka. */
public record SourcePosition(String topic, int partition, long offset) {
  public SourcePosition {
    requireNonNull(topic, "topic");
  }

  @Override
  public String toString() {
    return topic + "-" + partition + "@" + offset;
  }
}
