package dev.framelabel.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.tools.demo.EmbeddedBroker;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job that never comes back holds readers back; the commands show it and free them. */
@Timeout(120)
class TransactionsCommandIT {
  private static final String LOST = "old-job.labels.-0-7";
  private static final String ALIVE = "other-job.labels.-0-1";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void listAndAbort_transactionOfADeadJob_freesItsReadersOnly(int version) {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, Map.of(), version)) {
      List<String> ignored =
          Topics.create(broker.client(), List.of("labels", "others"), 1, (short) 1, 1 << 20);
      try (KafkaProducer<byte[], byte[]> lost = begin(broker, LOST, "labels");
          KafkaProducer<byte[], byte[]> alive = begin(broker, ALIVE, "others");
          KafkaProducer<byte[], byte[]> next = producer(broker, Map.of())) {
        send(next, "labels");
        assertThat(readable(broker, "labels")).isZero();
        assertThat(run(broker, "list"))
            .contains(LOST + ": Ongoing since 2", "timeout 60 s, on labels-0")
            .contains(ALIVE, "2 open");
        assertThat(run(broker, "list", "--prefix", "old-job")).contains(LOST, "1 open");

        assertThat(run(broker, "abort", LOST)).contains(LOST + ": aborted");
        assertThat(run(broker, "list", "--prefix", "old-job")).contains("0 open");
        // What was written later, and an end of the transaction before it.
        assertThat(readable(broker, "labels")).isEqualTo(3);
        assertThatThrownBy(lost::commitTransaction).isInstanceOf(ProducerFencedException.class);
        alive.commitTransaction();
        // The broker answers a commit before it has written its end behind the records.
        Await.until(
            "the committed record is readable",
            Duration.ofSeconds(30),
            () -> readable(broker, "others") > 0);
        assertThat(readable(broker, "others")).isEqualTo(2);
      }
    }
  }

  private static KafkaProducer<byte[], byte[]> begin(
      EmbeddedBroker broker, String id, String topic) {
    KafkaProducer<byte[], byte[]> producer = producer(broker, Map.of("transactional.id", id));
    producer.initTransactions();
    producer.beginTransaction();
    send(producer, topic);
    return producer;
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, String topic) {
    Future<RecordMetadata> ignored = producer.send(new ProducerRecord<>(topic, new byte[] {1}));
    producer.flush();
  }

  private static KafkaProducer<byte[], byte[]> producer(
      EmbeddedBroker broker, Map<String, String> more) {
    Map<String, Object> properties = new HashMap<>(broker.client());
    properties.putAll(more);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** How far readers of committed records come: the last stable offset. */
  private static long readable(EmbeddedBroker broker, String topic) {
    Map<String, Object> properties = new HashMap<>(broker.client());
    properties.put("isolation.level", "read_committed");
    TopicPartition partition = new TopicPartition(topic, 0);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      return consumer.endOffsets(List.of(partition), Duration.ofSeconds(30)).get(partition);
    }
  }

  private static String run(EmbeddedBroker broker, String... command) {
    List<String> arguments = new ArrayList<>(List.of("transactions"));
    arguments.addAll(List.of(command));
    arguments.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
    StringWriter out = new StringWriter();
    String[] all = arguments.toArray(String[]::new);
    int status =
        FramelabelCommand.line(Map.of(), all)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(out, true))
            .execute(all);
    assertThat(status).as(out.toString()).isZero();
    return out.toString();
  }
}
