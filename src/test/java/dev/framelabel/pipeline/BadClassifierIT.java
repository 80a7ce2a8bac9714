package dev.framelabel.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.LabellingJob;
import dev.framelabel.classify.SharedClassifiers;
import dev.framelabel.config.FlinkDefaults;
import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Image;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.TestImages;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.kafka.sink.OutcomeSinks;
import dev.framelabel.kafka.source.FrameSource;
import dev.framelabel.model.TestModels;
import dev.framelabel.pipeline.state.EventTypeInformation;
import dev.framelabel.testing.FaultyDevice;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.tools.clients.FramePublisher;
import dev.framelabel.tools.clients.OutcomeReader;
import dev.framelabel.tools.demo.EmbeddedBroker;
import dev.framelabel.tools.demo.LocalCluster;
import java.awt.Color;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.IsolationLevel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A session that hangs or breaks, in a worker with several tasks of one job. Flink restarts the
 * task that failed; the others go on, and hold the classifier.
 */
@Timeout(120)
class BadClassifierIT {
  private static final byte[] RED = TestImages.jpeg(32, 32, Color.RED);
  private static final int FRAMES = 24;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** The tasks of this JVM's cluster find them here, as they do in a worker. */
  private static final List<String> ENDS = new CopyOnWriteArrayList<>();

  private static final SharedClassifiers CLASSIFIERS =
      new SharedClassifiers(Duration.ofSeconds(1), "test.hanging.cluster", ENDS::add);

  @TempDir private static Path folder;
  private static EmbeddedBroker broker;
  private static LocalCluster cluster;

  private FaultyDevice device;

  @BeforeAll
  static void start() throws Exception {
    broker = EmbeddedBroker.start(folder.resolve("broker"));
    cluster = LocalCluster.start(1, 4, folder.resolve("flink"));
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
    broker.close();
  }

  @AfterEach
  void release() {
    device.release();
    Await.until("all sessions are closed", LIMIT, () -> device.open.get() == 0);
  }

  /**
   * @param cameras 1: the frames go to one task, and the others are idle
   */
  @ParameterizedTest
  @CsvSource({
    "HANG, 1, 1", "HANG, 2, 1", "HANG, 2, 8", "HANG, 4, 1", "HANG, 4, 8",
    "BREAK, 1, 1", "BREAK, 2, 1", "BREAK, 2, 8", "BREAK, 4, 1", "BREAK, 4, 8"
  })
  void sessionThatGoesBad_isReplacedAndEachFrameIsLabelledOnce(
      FaultyDevice.Fault fault, int parallelism, int cameras) throws Exception {
    String name = fault.name().toLowerCase(Locale.ROOT) + "-" + parallelism + "-" + cameras;
    device = new FaultyDevice(name);
    for (String topic : List.of("frames", "labels", "rejected")) {
      List<String> ignored =
          Topics.create(
              broker.client(), List.of(name + "." + topic), parallelism, (short) 1, 1 << 20);
    }
    LocalCluster.Job job = submit(name, parallelism);
    job.awaitRunning();
    try (OutcomeReader reader =
        new OutcomeReader(
            broker.client(), name + ".labels", name + ".rejected", IsolationLevel.READ_COMMITTED)) {
      publish(name, 0, cameras);
      List<Outcome> outcomes = read(reader, FRAMES, job);
      assertThat(device.opened).as("all tasks share one").hasValue(1);
      device.next.set(fault);
      publish(name, FRAMES, cameras);
      outcomes.addAll(read(reader, FRAMES, job));
      assertThat(outcomes).hasOnlyElementsOfType(LabelledFrame.class);
      assertThat(outcomes)
          .extracting(Outcome::frameId)
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, 2 * FRAMES).mapToObj(i -> "f" + i).toList());
      assertThat(device.opened).as("the bad one is replaced").hasValue(2);
      assertThat(device.mostOpen.get()).isLessThanOrEqualTo(2);
      assertThat(ENDS).isEmpty();
    } finally {
      job.cancel();
    }
  }

  private LocalCluster.Job submit(String name, int parallelism) throws Exception {
    Configuration options = new Configuration();
    options.set(KafkaOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
    options.set(KafkaOptions.FRAMES_TOPIC, name + ".frames");
    options.set(KafkaOptions.LABELS_TOPIC, name + ".labels");
    options.set(KafkaOptions.REJECTED_TOPIC, name + ".rejected");
    options.set(KafkaOptions.GROUP_ID, name);
    options.set(KafkaOptions.TRANSACTIONAL_ID_PREFIX, name);
    options.set(JobOptions.MODEL, TestModels.colour().toString());
    options.set(JobOptions.DEVICE, "cpu");
    options.set(JobOptions.MAX_BATCH_SIZE, 4);
    options.set(JobOptions.CONCURRENT_BATCHES, 1);
    options.set(JobOptions.INFERENCE_TIMEOUT, Duration.ofSeconds(3));
    options.set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(300));
    Configuration flink = new Configuration();
    flink.setString("restart-strategy.type", "fixed-delay");
    flink.setString("restart-strategy.fixed-delay.attempts", "1000");
    flink.setString("restart-strategy.fixed-delay.delay", "100 ms");
    return cluster.submit(
        parallelism, Optional.empty(), environment -> addTo(environment, options, flink));
  }

  private void addTo(
      StreamExecutionEnvironment environment, Configuration options, Configuration flink) {
    JobOptions job = new JobOptions(options);
    KafkaOptions kafka = new KafkaOptions(options);
    FlinkDefaults.apply(environment, job, flink);
    new LabellingPipeline(
            FrameSource.build(kafka, new EventTypeInformation<>(FrameEvent.class)),
            OutcomeSinks.labels(kafka),
            OutcomeSinks.rejected(kafka),
            LabellingJob.resultLimit(kafka),
            job,
            device.opener(),
            () -> CLASSIFIERS)
        .addTo(environment);
  }

  private static void publish(String name, int first, int cameras) {
    try (FramePublisher publisher =
        new FramePublisher(broker.client(), name + ".frames", 1 << 20)) {
      for (int i = first; i < first + FRAMES; i++) {
        publisher
            .publish(
                new Frame(
                    "camera-" + i % cameras,
                    "f" + i,
                    Instant.now(),
                    Image.encoded(RED),
                    Map.of(),
                    TestEvents.SOURCE))
            .join();
      }
    }
  }

  private static List<Outcome> read(OutcomeReader reader, int count, LocalCluster.Job job)
      throws Exception {
    List<Outcome> outcomes = new ArrayList<>();
    Instant deadline = Instant.now().plus(LIMIT);
    while (outcomes.size() < count && Instant.now().isBefore(deadline)) {
      outcomes.addAll(reader.poll(Duration.ofMillis(100)));
      job.failIfEnded();
    }
    return outcomes;
  }
}
