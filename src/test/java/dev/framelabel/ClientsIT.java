package dev.framelabel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.framelabel.event.Frame;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.TestImages;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.testing.cluster.ChildCommand;
import dev.framelabel.tools.demo.EmbeddedBroker;
import dev.framelabel.wire.ImageEvents;
import dev.framelabel.wire.LabelledFrames;
import dev.framelabel.wire.OutputFormat;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The clients of docs/clients against a real broker, where their languages and libraries are
 * installed; PYTHONPATH and NODE_PATH say where.
 */
@Timeout(180)
class ClientsIT {
  private static final int MAX_RECORD_BYTES = 1 << 20;
  private static final Path CLIENTS = Path.of("docs/clients");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path folder;
  private static EmbeddedBroker broker;

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(folder.resolve("broker"));
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Test
  void python_writesFramesAndReadsCommittedLabels() throws Exception {
    List<String> pythons = List.of("python3", "/usr/bin/python3");
    List<String> found =
        pythons.stream().filter(python -> runs(python, "-c", "import fastavro, kafka")).toList();
    assumeTrue(
        !found.isEmpty(),
        "SKIPPED: the Python client needs fastavro and kafka-python, which none of "
            + pythons
            + " has; pip install --target FOLDER fastavro kafka-python, and PYTHONPATH=FOLDER");
    assertWritesAndReads("python", found.get(0), CLIENTS.resolve("framelabel_client.py"));
  }

  @Test
  void node_writesFramesAndReadsCommittedLabels() throws Exception {
    assumeTrue(
        runs("node", "-e", "require('kafkajs'); require('avsc')"),
        "SKIPPED: the Node client needs node with kafkajs and avsc; npm install kafkajs avsc in"
            + " FOLDER, and NODE_PATH=FOLDER/node_modules");
    assertWritesAndReads("node", "node", CLIENTS.resolve("framelabel_client.js"));
  }

  private static void assertWritesAndReads(String name, String interpreter, Path client)
      throws Exception {
    String frames = name + ".frames";
    String labels = name + ".labels";
    Topics.create(broker.client(), List.of(frames, labels), 1, (short) 1, MAX_RECORD_BYTES);
    byte[] red = TestImages.jpeg(16, 16, Color.RED);
    String picture = Files.write(folder.resolve(name + ".jpg"), red).toString();
    run(interpreter, client, "write", frames, "Tor 4", picture, picture);
    assertFrames(frames, red);

    publishLabels(labels);
    List<JsonNode> read = new ArrayList<>();
    for (String line : run(interpreter, client, "read", labels, "2").split("\n", -1)) {
      if (!line.isBlank()) {
        read.add(JSON.readTree(line));
      }
    }
    assertThat(read)
        .extracting(label -> label.get("frameId").asText())
        .containsExactly("committed-1", "committed-2");
    assertThat(read.get(0).get("labels").get(0).get("label").asText()).isEqualTo("sneaker");
    assertThat(read.get(0).get("attributes").get("site").asText()).isEqualTo("Köln");
    assertThat(read.get(0).get("headers").get("traceparent").asText()).isEqualTo("00-a-b-01");
  }

  private static void assertFrames(String topic, byte[] image) {
    ImageEvents events = new ImageEvents();
    List<Frame> frames = new ArrayList<>();
    Map<String, Object> client = new HashMap<>(broker.client());
    try (var consumer =
        new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(new TopicPartition(topic, 0)));
      consumer.seekToBeginning(consumer.assignment());
      while (frames.size() < 2) {
        for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(Duration.ofMillis(500))) {
          assertThat(new String(entry.key(), UTF_8)).isEqualTo("Tor 4");
          SourcePosition source = new SourcePosition(topic, 0, entry.offset());
          frames.add((Frame) events.read(entry.value(), source, Instant.now()));
        }
      }
    }
    assertThat(frames).extracting(Frame::cameraId).containsOnly("Tor 4");
    assertThat(frames).extracting(Frame::frameId).doesNotHaveDuplicates();
    assertThat(frames).allMatch(frame -> Arrays.equals(frame.image().bytes().array(), image));
    assertThat(frames)
        .allMatch(
            frame -> Duration.between(frame.capturedAt(), Instant.now()).abs().toMinutes() < 5);
  }

  /** Two committed labels with an aborted one between them. */
  private static void publishLabels(String topic) {
    Map<String, Object> client = new HashMap<>(broker.client());
    client.put("transactional.id", topic);
    try (var producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      for (String id : List.of("committed-1", "aborted", "committed-2")) {
        producer.beginTransaction();
        var entry = new ProducerRecord<byte[], byte[]>(topic, label(id));
        entry.headers().add("traceparent", "00-a-b-01".getBytes(UTF_8));
        var ignored = producer.send(entry);
        if (id.equals("aborted")) {
          producer.flush();
          producer.abortTransaction();
        } else {
          producer.commitTransaction();
        }
      }
    }
  }

  private static byte[] label(String frameId) {
    LabelledFrame sample = TestEvents.labelled();
    return new LabelledFrames()
        .write(
            new LabelledFrame(
                sample.cameraId(),
                frameId,
                sample.capturedAt(),
                sample.labelledAt(),
                sample.labels(),
                sample.model(),
                sample.source(),
                sample.timings(),
                sample.attributes(),
                sample.headers()),
            OutputFormat.SINGLE_OBJECT);
  }

  private static boolean runs(String... command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (process.waitFor(60, TimeUnit.SECONDS)) {
        return process.exitValue() == 0;
      }
      process.destroyForcibly();
      return false;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String run(String interpreter, Path client, String action, String... rest)
      throws Exception {
    List<String> command =
        new ArrayList<>(List.of(interpreter, client.toString(), action, broker.bootstrapServers()));
    command.addAll(List.of(rest));
    Path out = Files.createTempFile(folder, "client", ".out");
    Path errors = Files.createTempFile(folder, "client", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(ChildCommand.endingWithParent(command))
            .redirectOutput(out.toFile())
            .redirectError(errors.toFile());
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    Process process = builder.start();
    boolean ended = process.waitFor(90, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(ended && process.exitValue() == 0)
        .as("%s\n%s\n%s", command, Files.readString(out), Files.readString(errors))
        .isTrue();
    return Files.readString(out);
  }
}
