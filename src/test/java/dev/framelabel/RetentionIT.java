package dev.framelabel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.Bytes;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.TestEvents;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.testing.CapturedLog;
import dev.framelabel.testing.DeliveryVerifier;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.tools.bench.SimulatedAccelerator;
import dev.framelabel.tools.clients.FramePublisher;
import dev.framelabel.tools.clients.OutcomeReader;
import dev.framelabel.tools.demo.ClusterControl;
import dev.framelabel.tools.demo.EmbeddedBroker;
import dev.framelabel.tools.demo.LocalCluster;
import dev.framelabel.tools.demo.RestMetrics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job that is slower than its topic's retention, on a real broker that really deletes. */
@Timeout(120)
class RetentionIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final TopicPartition FRAMES = new TopicPartition("frames", 0);
  private static final int SIDE = 320;
  private static final int COUNT = 40;
  private static final SimulatedAccelerator FIFTH_OF_A_SECOND =
      new SimulatedAccelerator(SIDE, 3, Duration.ofMillis(200), Duration.ZERO);
  private static final String GONE = "offsets of partition=frames-0 before the job read them";

  @TempDir private Path folder;

  /** From the committed offsets, and from a point of time. */
  @ParameterizedTest
  @ValueSource(strings = {"", "2026-01-01T00:00:00Z"})
  void retention_overtakesTheReader_everyFrameIsLabelledOrCounted(String start) throws Exception {
    try (CapturedLog log = CapturedLog.of("dev.framelabel.kafka");
        EmbeddedBroker broker = broker();
        Admin admin = Admin.create(Map.copyOf(broker.client()));
        LocalCluster cluster = LocalCluster.start(1, 1, folder.resolve("flink"));
        FramePublisher publisher = new FramePublisher(broker.client(), "frames", 1 << 20)) {
      retain(admin, Duration.ofSeconds(1));
      LocalCluster.Job job = submit(cluster, broker, start);
      for (int i = 0; i < COUNT; i++) {
        publisher.publish(frame(Integer.toString(i))).join();
      }
      Await.until("all is deleted", LIMIT, () -> offset(admin, OffsetSpec.earliest()) == COUNT);
      retain(admin, Duration.ofHours(1));
      publisher.publish(frame("last")).join();
      int lost = readToLast(broker, job);
      Await.until(
          "the gap is counted: " + lost,
          LIMIT,
          () -> RestMetrics.sum(cluster, "framelabel.offsetsSkipped") == lost);
      Await.until(
          "the log tells of it",
          LIMIT,
          () -> log.events().stream().anyMatch(event -> event.contains(GONE)));
      assertThat(ClusterControl.restores(job)).isZero();
      job.cancel();
    }
  }

  private EmbeddedBroker broker() {
    EmbeddedBroker broker =
        EmbeddedBroker.start(
            folder.resolve("broker"),
            Map.of(
                "log.segment.bytes", Integer.toString(1 << 20),
                "log.retention.check.interval.ms", "200",
                "log.initial.task.delay.ms", "200"));
    List<String> ignored =
        Topics.create(
            broker.client(), List.of("frames", "labels", "rejected"), 1, (short) 1, 1 << 20);
    return broker;
  }

  private static void retain(Admin admin, Duration retention) throws Exception {
    ConfigEntry entry = new ConfigEntry("retention.ms", Long.toString(retention.toMillis()));
    admin
        .incrementalAlterConfigs(
            Map.of(
                new ConfigResource(ConfigResource.Type.TOPIC, FRAMES.topic()),
                List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET))))
        .all()
        .get();
  }

  private static long offset(Admin admin, OffsetSpec which) throws Exception {
    return admin.listOffsets(Map.of(FRAMES, which)).partitionResult(FRAMES).get().offset();
  }

  /** A fifth of a second for each frame. */
  private static LocalCluster.Job submit(LocalCluster cluster, EmbeddedBroker broker, String start)
      throws Exception {
    Configuration options = new Configuration();
    options.set(KafkaOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
    options.set(JobOptions.MODEL, "simulated");
    options.set(JobOptions.DEVICE, "cpu");
    options.set(JobOptions.MAX_BATCH_SIZE, 1);
    options.set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(300));
    if (!start.isEmpty()) {
      options.setString(KafkaOptions.FROM_TIMESTAMP.key(), start);
    }
    LocalCluster.Job job =
        cluster.submit(
            1,
            Optional.empty(),
            environment ->
                LabellingJob.addTo(environment, options, new Configuration(), FIFTH_OF_A_SECOND));
    job.awaitRunning();
    return job;
  }

  /** Raw pixels, of which few fit into a segment and into what a consumer fetches at once. */
  private static Frame frame(String id) {
    return new Frame(
        "camera",
        id,
        Instant.now(),
        new Image(Image.Format.RGB24, Bytes.wrap(new byte[SIDE * SIDE * 3]), SIDE, SIDE),
        Map.of(),
        TestEvents.SOURCE);
  }

  /** Reads to the last frame's result; returns how many frames have none. */
  private static int readToLast(EmbeddedBroker broker, LocalCluster.Job job) throws Exception {
    List<String> published =
        Stream.concat(IntStream.range(0, COUNT).mapToObj(Integer::toString), Stream.of("last"))
            .toList();
    DeliveryVerifier verifier = new DeliveryVerifier(published, 0);
    try (OutcomeReader reader =
        new OutcomeReader(broker.client(), "labels", "rejected", IsolationLevel.READ_COMMITTED)) {
      Await.until(
          "the last frame has its result",
          LIMIT,
          () -> {
            reader.poll(Duration.ofMillis(100)).forEach(verifier::add);
            return verifier.outcomes().stream().anyMatch(one -> one.frameId().equals("last"));
          });
    }
    job.failIfEnded();
    DeliveryVerifier.Faults faults = verifier.faults();
    List<String> none = List.of();
    assertThat(faults).isEqualTo(new DeliveryVerifier.Faults(faults.lost(), none, none, none));
    assertThat(faults.lost()).hasSizeBetween(1, COUNT - 1);
    return faults.lost().size();
  }
}
