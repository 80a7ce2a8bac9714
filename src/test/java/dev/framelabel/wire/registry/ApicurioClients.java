package dev.framelabel.wire.registry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A service that has Apicurio's serdes and the published schemas, and none of our classes. The
 * serdes are on the class path under {@code -Pregistry} only, so they are named and not imported.
 */
final class ApicurioClients {
  /** How the serdes say which schema a value has. */
  enum Style {
    /** As they come: 4 bytes. */
    USUAL,
    /** 8 bytes, as before version 3. */
    LEGACY,
    HEADERS;

    private Map<String, String> settings() {
      return switch (this) {
        case USUAL -> Map.of();
        case LEGACY ->
            Map.of(
                "apicurio.registry.id-handler",
                "io.apicurio.registry.serde.Legacy8ByteIdHandler",
                "apicurio.registry.use-id",
                "globalId");
        case HEADERS -> Map.of("apicurio.registry.headers.enabled", "true");
      };
    }
  }

  private static final String SERDES = "io.apicurio.registry.serde.avro.AvroKafka";
  private static final String STRINGS = "org.apache.kafka.common.serialization.String";

  private final Map<String, String> client;
  private final String registry;

  ApicurioClients(Map<String, String> client, String registry) {
    this.client = client;
    this.registry = registry;
  }

  static boolean onClassPath() {
    return ApicurioClients.class.getResource("/" + SERDES.replace('.', '/') + "Serializer.class")
        != null;
  }

  private Map<String, Object> settings(Style style) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.putAll(style.settings());
    settings.put("apicurio.registry.url", registry);
    settings.put("apicurio.registry.auto-register", "true");
    return settings;
  }

  /** Sends a frame of one camera. */
  void send(Style style, String topic, String frameId, byte[] image) throws Exception {
    Map<String, Object> settings = settings(style);
    settings.put("key.serializer", STRINGS + "Serializer");
    settings.put("value.serializer", SERDES + "Serializer");
    try (KafkaProducer<String, GenericRecord> producer = new KafkaProducer<>(settings)) {
      producer.send(new ProducerRecord<>(topic, "gate", event(frameId, image))).get();
    }
  }

  private static GenericRecord event(String frameId, byte[] image) throws IOException {
    Schema schema = new Schema.Parser().parse(Path.of("schemas/image-event.avsc").toFile());
    return new GenericRecordBuilder(schema)
        .set("cameraId", "gate")
        .set("frameId", frameId)
        .set("capturedAt", Instant.now().toEpochMilli() * 1_000)
        .set("image", ByteBuffer.wrap(image))
        .build();
  }

  /** Waits for so many committed labels. */
  List<GenericRecord> labels(Style style, String topic, int count, Duration limit) {
    Map<String, Object> settings = settings(style);
    settings.put("key.deserializer", STRINGS + "Deserializer");
    settings.put("value.deserializer", SERDES + "Deserializer");
    settings.put("group.id", topic + "-reader");
    settings.put("auto.offset.reset", "earliest");
    settings.put("isolation.level", "read_committed");
    List<GenericRecord> labels = new ArrayList<>();
    try (KafkaConsumer<String, GenericRecord> consumer = new KafkaConsumer<>(settings)) {
      consumer.subscribe(List.of(topic));
      Instant end = Instant.now().plus(limit);
      while (labels.size() < count && Instant.now().isBefore(end)) {
        for (ConsumerRecord<String, GenericRecord> one : consumer.poll(Duration.ofMillis(200))) {
          labels.add(one.value());
        }
      }
    }
    return labels;
  }
}
