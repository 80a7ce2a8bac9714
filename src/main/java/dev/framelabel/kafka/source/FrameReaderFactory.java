package dev.framelabel.kafka.source;

import dev.framelabel.config.KafkaOptions;
import dev.framelabel.wire.ImageEvents;
import dev.framelabel.wire.InputFormat;
import dev.framelabel.wire.Subject;
import dev.framelabel.wire.registry.RegistrySettings;
import java.io.Serializable;
import java.util.Optional;

/**
 * Factory of readers for the values of the topic of frames. Made where the job is submitted, for
 * the user's files are there; opened where it runs.
 *
 * @param registry null: none
 */
public record FrameReaderFactory(String topic, InputFormat format, RegistrySettings registry)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  public static FrameReaderFactory of(KafkaOptions options) {
    return new FrameReaderFactory(
        options.get(KafkaOptions.FRAMES_TOPIC),
        options.get(KafkaOptions.INPUT_FORMAT),
        options.registry().orElse(null));
  }

  public ImageEvents open() {
    return new ImageEvents(
        format, Optional.ofNullable(registry).map(at -> Subject.ofTopic(at.open(), topic)));
  }
}
