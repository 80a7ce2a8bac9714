package dev.framelabel.kafka;

import dev.framelabel.kafka.registry.RegistrySettings;
import dev.framelabel.wire.FrameWire;
import dev.framelabel.wire.ImageEvents;
import dev.framelabel.wire.Subject;
import java.io.Serializable;
import java.util.Optional;

/**
 * How values of the topic of frames are read. Made where the job is submitted, for the user's files
 * are there; opened where it runs.
 *
 * @param registry null: none
 */
record FrameReading(String topic, FrameWire wire, RegistrySettings registry)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  static FrameReading of(KafkaOptions options) {
    return new FrameReading(
        options.get(KafkaOptions.FRAMES_TOPIC),
        options.get(KafkaOptions.FRAMES_WIRE),
        options.registry().orElse(null));
  }

  ImageEvents open() {
    return new ImageEvents(
        wire, Optional.ofNullable(registry).map(at -> Subject.ofTopic(at.open(), topic)));
  }
}
