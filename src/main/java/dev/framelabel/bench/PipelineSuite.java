package dev.framelabel.bench;

import dev.framelabel.LabellingJob;
import dev.framelabel.event.Frame;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.kafka.FramePublisher;
import dev.framelabel.kafka.KafkaOptions;
import dev.framelabel.kafka.OutcomeReader;
import dev.framelabel.kafka.Topics;
import dev.framelabel.local.EmbeddedBroker;
import dev.framelabel.local.LocalCluster;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.pipeline.JobOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.IsolationLevel;

/**
 * The whole way, from a topic that is full of frames to a read_committed reader, against the bare
 * loop and against what people write today: same broker, frames, model and checkpoints, everything
 * in this JVM.
 */
final class PipelineSuite {
  private static final int PARTITIONS = 4;
  private static final int PARALLELISM = 2;
  private static final int MAX_RECORD_BYTES = 4 << 20;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final BenchReport report;
  private final int rounds;
  private final EmbeddedBroker broker;
  private final Path folder;
  private int runs;

  PipelineSuite(BenchReport report, int rounds, EmbeddedBroker broker, Path folder) {
    this.report = report;
    this.rounds = rounds;
    this.broker = broker;
    this.folder = folder;
  }

  /**
   * One comparison.
   *
   * @param model file or simulated
   * @param batchSize of the job and of the bare loop
   * @param seconds that a run of the bare loop takes
   * @param baselines whether what people write today runs too
   */
  record Setup(
      String title,
      Path model,
      int batchSize,
      List<BenchFrame> frames,
      double seconds,
      boolean baselines,
      String target) {}

  void run(Setup setup) throws Exception {
    try (LabelModel model =
            LabelModel.open(setup.model(), SessionSettings.onCpu(setup.batchSize()));
        BareLoop loop = new BareLoop(model, setup.frames(), setup.batchSize())) {
      double bare = loop.perSecond(setup.seconds());
      String topic = "bench-" + ++runs;
      createTopics(topic);
      int count = (int) Math.max(200, bare * setup.seconds());
      publish(topic, setup.frames(), count);
      Contest contest =
          new Contest()
              .enter(
                  "bare loop: decode and model, no Kafka or Flink",
                  () -> loop.perSecond(setup.seconds()))
              .enter("Framelabel", () -> job(setup, topic, count, LabellingJob::addTo));
      if (setup.baselines()) {
        int part = Math.max(200, count / 4);
        contest
            .enter(
                "Flink map, one frame at a time",
                () -> job(setup, topic, part, (e, j, f) -> FlinkBaselines.addMapJob(e, j)))
            .enter(
                "Flink async, one frame a call",
                () -> job(setup, topic, part, (e, j, f) -> FlinkBaselines.addAsyncJob(e, j)))
            .enter("Kafka Streams, one frame at a time", () -> streams(setup, topic, part));
      }
      report.add(
          "pipeline", setup.title(), "committed frames/s", setup.target(), contest.run(rounds));
    }
  }

  private void createTopics(String name) {
    List<String> ignored =
        Topics.create(broker.client(), List.of(name), PARTITIONS, (short) 1, MAX_RECORD_BYTES);
  }

  private void publish(String topic, List<BenchFrame> frames, int count) {
    try (FramePublisher publisher = new FramePublisher(broker.client(), topic, MAX_RECORD_BYTES)) {
      List<CompletableFuture<Void>> sent = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        sent.add(
            publisher.publish(
                new Frame(
                    "camera-" + i % 16,
                    topic + "-" + i,
                    Instant.now().truncatedTo(ChronoUnit.MICROS),
                    frames.get(i % frames.size()).image(),
                    Map.of(),
                    new SourcePosition(topic, 0, 0))));
      }
      sent.forEach(CompletableFuture::join);
    }
  }

  /** Adds a job to an environment. */
  @FunctionalInterface
  private interface Job {
    void addTo(StreamExecutionEnvironment environment, Configuration job, Configuration flink);
  }

  private double job(Setup setup, String topic, int count, Job job) throws Exception {
    String run = "run-" + ++runs;
    createTopics(run + "-labels");
    createTopics(run + "-rejected");
    Configuration options = options(setup, topic, run);
    Consumer<StreamExecutionEnvironment> define =
        environment -> job.addTo(environment, options, new Configuration());
    try (LocalCluster cluster = LocalCluster.start(1, PARALLELISM, folder.resolve(run))) {
      LocalCluster.Job running = cluster.submit(PARALLELISM, Optional.empty(), define);
      double perSecond = committedPerSecond(run, count, running);
      running.cancel();
      return perSecond;
    }
  }

  private Configuration options(Setup setup, String topic, String run) {
    Configuration options = new Configuration();
    options.set(KafkaOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
    options.set(KafkaOptions.FRAMES_TOPIC, topic);
    options.set(KafkaOptions.LABELS_TOPIC, run + "-labels");
    options.set(KafkaOptions.REJECTED_TOPIC, run + "-rejected");
    options.set(KafkaOptions.GROUP, run);
    options.set(KafkaOptions.TRANSACTION_PREFIX, run);
    options.set(KafkaOptions.MAX_RECORD_SIZE, new MemorySize(MAX_RECORD_BYTES));
    options.set(JobOptions.MODEL, setup.model().toString());
    options.set(JobOptions.DEVICE, "cpu");
    options.set(JobOptions.BATCH_SIZE, setup.batchSize());
    options.set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofSeconds(1));
    return options;
  }

  private double streams(Setup setup, String topic, int count) throws Exception {
    String run = "run-" + ++runs;
    createTopics(run + "-labels");
    createTopics(run + "-rejected");
    try (StreamsBaseline streams =
        new StreamsBaseline(
            broker.bootstrapServers(), run, topic, run + "-labels", setup.model(), folder)) {
      return committedPerSecond(run, count, null);
    }
  }

  /**
   * Frames a second as a read_committed reader sees them: from the first commit to the last, so
   * that starting up does not count. Results become visible in whole commits, so the first one's
   * frames are left out.
   */
  private double committedPerSecond(String run, int count, LocalCluster.Job job) throws Exception {
    try (OutcomeReader reader =
        new OutcomeReader(
            broker.client(), run + "-labels", run + "-rejected", IsolationLevel.READ_COMMITTED)) {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      CommitClock clock = new CommitClock();
      while (clock.seen() < count) {
        clock.add(reader.poll(Duration.ofMillis(20)).size(), System.nanoTime());
        if (job != null) {
          job.failIfEnded();
        }
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(
              run + ": " + clock.seen() + " of " + count + " frames after " + PATIENCE);
        }
      }
      return clock.perSecond();
    }
  }
}
