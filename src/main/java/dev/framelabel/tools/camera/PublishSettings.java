package dev.framelabel.tools.camera;

import dev.framelabel.config.KafkaOptions;
import java.util.Map;

/**
 * Settings for publishing frames.
 *
 * @param client properties of the Kafka client
 * @param maxRecordBytes largest record that the frames topic takes; 0 to ask the topic
 * @param bufferBytes most bytes of pictures that wait for the broker, of all cameras together
 * @param once do not open a lost camera again
 */
public record PublishSettings(
    Map<String, String> client,
    String framesTopic,
    String camerasTopic,
    int maxRecordBytes,
    long bufferBytes,
    boolean once,
    AddressGuard guard) {
  /** Assumed for a topic whose settings this user may not read. */
  static final int USUAL_RECORD_BYTES =
      (int) KafkaOptions.MAX_RECORD_SIZE.defaultValue().getBytes();

  private static final int LEAST_RECORD_BYTES = 16_384;

  public PublishSettings {
    client = Map.copyOf(client);
    if ((maxRecordBytes != 0 && maxRecordBytes < LEAST_RECORD_BYTES) || bufferBytes < 1) {
      throw new IllegalArgumentException(
          "records of at most %d bytes, %d bytes of buffer; expected 0 or %d and more, 1 or more"
              .formatted(maxRecordBytes, bufferBytes, LEAST_RECORD_BYTES));
    }
  }
}
