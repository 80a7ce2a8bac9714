package dev.framelabel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.TestImages;
import dev.framelabel.kafka.admin.OpenTransactions;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.model.TestModels;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.tools.clients.FramePublisher;
import dev.framelabel.tools.clients.OutcomeReader;
import dev.framelabel.tools.demo.ClusterControl;
import dev.framelabel.tools.demo.EmbeddedBroker;
import dev.framelabel.tools.demo.LocalCluster;
import java.awt.Color;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.IsolationLevel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * More transactions in one run of the job than a producer's epoch can count (32,767), then a
 * restore from the last checkpoint. {@code .ci/long many-transactions} runs it; {@code
 * -Dtransactions=NUMBER} makes it shorter.
 */
@Tag("long")
class ManyTransactionsIT {
  private static final int TRANSACTIONS = Integer.getInteger("transactions", 32_800);
  private static final Duration LIMIT = Duration.ofHours(2);
  private static final Duration REST_LIMIT = Duration.ofMinutes(2);
  private static final Duration BETWEEN_FRAMES = Duration.ofMillis(10);
  private static final byte[] RED = TestImages.jpeg(16, 16, Color.RED);

  @TempDir private Path folder;

  private final AtomicBoolean stopped = new AtomicBoolean();
  private final AtomicInteger published = new AtomicInteger();

  @ParameterizedTest
  @ValueSource(ints = {2, 1})
  void run_ofMoreTransactionsThanAnEpochCounts_restored_everyFrameOnce(int transactionVersion)
      throws Exception {
    Instant begun = Instant.now();
    try (EmbeddedBroker broker =
            EmbeddedBroker.start(folder.resolve("kafka"), Map.of(), transactionVersion);
        LocalCluster cluster = LocalCluster.start(1, 1, folder)) {
      List<String> ignored =
          Topics.create(
              broker.client(), List.of("frames", "labels", "rejected"), 1, (short) 1, 1 << 20);
      LocalCluster.Job job = submit(cluster, Optional.empty(), broker);
      CompletableFuture<Void> publisher = CompletableFuture.runAsync(() -> publish(broker));
      long checkpoints = awaitTransactions(job);
      job.cancel();
      long restores = ClusterControl.restores(job);
      LocalCluster.Job restored = submit(cluster, Optional.of(checkpoint()), broker);
      restored.awaitRunning();
      awaitLater(restored);
      stopped.set(true);
      publisher.get();
      BitSet results = read(broker, restored);
      long transactions = transactions(broker);
      System.out.printf(
          "version %d: %d transactions, %d checkpoints in one run, %d frames, %d results, %d lost,"
              + " %d restarts, %s%n",
          transactionVersion,
          transactions,
          checkpoints,
          published.get(),
          results.cardinality(),
          published.get() - results.cardinality(),
          restores,
          Duration.between(begun, Instant.now()).truncatedTo(ChronoUnit.SECONDS));
      assertThat(restores).as("the run was one").isZero();
      assertThat(transactions).isGreaterThan(TRANSACTIONS);
      assertThat(results.cardinality()).isEqualTo(published.get());
      restored.cancel();
      Await.until(
          "no transaction of the job is left that holds results",
          REST_LIMIT,
          () ->
              OpenTransactions.list(broker.client(), "").stream()
                  .allMatch(open -> open.partitions().isEmpty()));
    }
  }

  private static LocalCluster.Job submit(
      LocalCluster cluster, Optional<String> checkpoint, EmbeddedBroker broker) throws Exception {
    Configuration options = new Configuration();
    options.set(KafkaOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
    options.set(JobOptions.MODEL, TestModels.colour().toString());
    options.set(JobOptions.DEVICE, "cpu");
    options.set(JobOptions.MAX_BATCH_SIZE, 1);
    options.set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(20));
    return cluster.submit(
        1,
        checkpoint,
        environment -> LabellingJob.addTo(environment, options, new Configuration()));
  }

  /** Publishes a frame every few milliseconds, so that each checkpoint has results. */
  private void publish(EmbeddedBroker broker) {
    try (FramePublisher publisher = new FramePublisher(broker.client(), "frames", 1 << 20)) {
      while (!stopped.get()) {
        publisher.publish(frame(published.get())).join();
        int ignored = published.incrementAndGet();
        Await.pause(BETWEEN_FRAMES);
      }
    }
  }

  private static Frame frame(int number) {
    return new Frame(
        "cam",
        Integer.toString(number),
        Instant.now().truncatedTo(ChronoUnit.MICROS),
        Image.encoded(RED),
        Map.of(),
        TestEvents.SOURCE);
  }

  /** Returns how many checkpoints the run has had. */
  private static long awaitTransactions(LocalCluster.Job job) throws Exception {
    Instant end = Instant.now().plus(LIMIT);
    long completed = 0;
    while (completed < TRANSACTIONS + TRANSACTIONS / 100) {
      job.failIfEnded();
      assertThat(Instant.now()).as(completed + " checkpoints").isBefore(end);
      Await.pause(Duration.ofSeconds(1));
      completed = job.checkpoints().getCounts().getNumberOfCompletedCheckpoints();
    }
    return completed;
  }

  private static void awaitLater(LocalCluster.Job job) throws Exception {
    while (job.checkpoints().getCounts().getNumberOfCompletedCheckpoints() < 10) {
      job.failIfEnded();
      Await.pause(Duration.ofMillis(100));
    }
  }

  private String checkpoint() throws Exception {
    try (Stream<Path> files = Files.walk(folder.resolve("checkpoints"))) {
      return files
          .filter(file -> file.endsWith("_metadata"))
          .max(
              Comparator.comparingInt(
                  file ->
                      Integer.parseInt(
                          file.getParent().getFileName().toString().substring("chk-".length()))))
          .orElseThrow()
          .getParent()
          .toUri()
          .toString();
    }
  }

  private BitSet read(EmbeddedBroker broker, LocalCluster.Job job) throws Exception {
    BitSet results = new BitSet();
    try (OutcomeReader reader =
        new OutcomeReader(broker.client(), "labels", "rejected", IsolationLevel.READ_COMMITTED)) {
      Instant end = Instant.now().plus(REST_LIMIT);
      while (results.cardinality() < published.get() && Instant.now().isBefore(end)) {
        job.failIfEnded();
        for (Outcome outcome : reader.poll(Duration.ofMillis(200))) {
          int number = Integer.parseInt(outcome.frameId());
          assertThat(results.get(number)).as("frame " + number + " twice").isFalse();
          results.set(number);
        }
      }
      assertThat(reader.poll(Duration.ofSeconds(1))).isEmpty();
    }
    return results;
  }

  /** Returns how many transactions the sink of labels has had: each has an id of its own. */
  private static long transactions(EmbeddedBroker broker) throws Exception {
    try (Admin admin = Admin.create(Map.copyOf(broker.client()))) {
      return admin.listTransactions().all().get().stream()
          .filter(one -> one.transactionalId().startsWith("framelabel.labels."))
          .count();
    }
  }
}
