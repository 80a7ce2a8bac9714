package dev.framelabel.tools.camera;

import dev.framelabel.event.CameraStatus;
import dev.framelabel.event.Frame;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.wire.CameraStatuses;
import dev.framelabel.wire.ImageEvents;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Makes a frames topic, and reads it and its cameras topic as others would. One thread. */
final class CameraWatch implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final String topic;
  private final ImageEvents events = new ImageEvents();
  private final CameraStatuses codec = new CameraStatuses();
  private final List<Frame> frames = new ArrayList<>();
  private final Map<String, CameraStatus> statuses = new HashMap<>();
  private final List<CameraStatus> history = new ArrayList<>();

  /**
   * @param maxRecordBytes of the frames topic
   */
  CameraWatch(Map<String, String> client, String topic, int maxRecordBytes) {
    this.topic = topic;
    Topics.create(client, List.of(topic), 1, (short) 1, maxRecordBytes);
    Map<String, Object> properties = new HashMap<>(client);
    properties.put("auto.offset.reset", "earliest");
    properties.put("metadata.max.age.ms", "500");
    consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    consumer.assign(
        List.of(new TopicPartition(topic, 0), new TopicPartition(topic + "-cameras", 0)));
  }

  List<Frame> awaitFrames(int count) {
    Await.until(
        count + " frames, now " + frames.size(), LIMIT, () -> poll().frames.size() >= count);
    return frames;
  }

  CameraStatus awaitState(String camera, CameraStatus.State state) {
    try {
      Await.until(
          camera + " is " + state,
          LIMIT,
          () -> poll().statuses.containsKey(camera) && status(camera).state() == state);
    } catch (IllegalStateException e) {
      throw new IllegalStateException(e.getMessage() + "; it is " + statuses.get(camera), e);
    }
    return status(camera);
  }

  CameraStatus status(String camera) {
    return statuses.get(camera);
  }

  /** All statuses that were read, in their order. */
  List<CameraStatus> history() {
    return history;
  }

  List<Frame> frames() {
    return frames;
  }

  CameraWatch poll() throws IOException {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
      if (record.topic().equals(topic)) {
        SourcePosition at = new SourcePosition(topic, record.partition(), record.offset());
        frames.add((Frame) events.read(record.value(), at, Instant.now()));
      } else {
        CameraStatus status = codec.read(record.value());
        statuses.put(status.cameraId(), status);
        history.add(status);
      }
    }
    return this;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
