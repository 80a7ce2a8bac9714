package dev.framelabel.bench;

import dev.framelabel.LabellingJob;
import dev.framelabel.bench.CpuTimes.Worker;
import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.Frame;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.tools.clients.FramePublisher;
import dev.framelabel.tools.clients.OutcomeReader;
import dev.framelabel.tools.demo.CheckpointFigures;
import dev.framelabel.tools.demo.EmbeddedBroker;
import dev.framelabel.tools.demo.LocalCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.commons.io.FileUtils;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.IsolationLevel;

/**
 * Runs jobs from a topic that is full of frames to a reader, with the broker and Flink in this JVM,
 * and says how fast they were. Not thread-safe.
 */
final class JobRuns {
  static final int PARALLELISM = 2;

  private static final int PARTITIONS = 4;
  private static final int MAX_RECORD_BYTES = 4 << 20;
  private static final int MOST_UNSENT = 256;
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final EmbeddedBroker broker;
  private final Path folder;
  private final String device;
  private int runs;

  JobRuns(EmbeddedBroker broker, Path folder, String device) {
    this.broker = broker;
    this.folder = folder;
    this.device = device;
  }

  /** Adds a job to an environment. */
  @FunctionalInterface
  interface Job {
    /** Framelabel's own. */
    Job OURS = LabellingJob::addTo;

    void addTo(StreamExecutionEnvironment environment, Configuration job, Configuration flink);
  }

  /**
   * How a run went.
   *
   * @param checkpoints empty for what is no job of Flink's
   */
  record Run(double perSecond, Cost cost, Optional<CheckpointFigures> checkpoints) {}

  /** Makes a topic with so many frames of some cameras, and returns its name. */
  String fill(List<BenchFrame> frames, int count) {
    String topic = "bench-" + ++runs;
    createTopics(topic);
    try (FramePublisher publisher = new FramePublisher(broker.client(), topic, MAX_RECORD_BYTES)) {
      List<CompletableFuture<Void>> sent = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        sent.add(publisher.publish(frame(topic, i, frames.get(i % frames.size()))));
        if (sent.size() == MOST_UNSENT) {
          sent.forEach(CompletableFuture::join);
          sent.clear();
        }
      }
      sent.forEach(CompletableFuture::join);
    }
    return topic;
  }

  private static Frame frame(String topic, int index, BenchFrame picture) {
    return new Frame(
        "camera-" + index % 16,
        topic + "-" + index,
        Instant.now().truncatedTo(ChronoUnit.MICROS),
        picture.image(),
        Map.of(),
        new SourcePosition(topic, 0, 0));
  }

  private void createTopics(String... names) {
    List<String> ignored =
        Topics.create(broker.client(), List.of(names), PARTITIONS, (short) 1, MAX_RECORD_BYTES);
  }

  /** A job's options for a model on the device and a checkpoint a second. */
  Configuration options(Path model, int batchSize) {
    Configuration options = new Configuration();
    options.set(KafkaOptions.MAX_RECORD_SIZE, new MemorySize(MAX_RECORD_BYTES));
    options.set(JobOptions.MODEL, model.toString());
    options.set(JobOptions.DEVICE, device);
    options.set(JobOptions.MAX_BATCH_SIZE, batchSize);
    options.set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofSeconds(1));
    return options;
  }

  /**
   * Runs a job until its first {@code count} results are seen.
   *
   * @param isolation of the reader: committed results come in steps, others at once
   */
  Run job(String topic, int count, Configuration options, IsolationLevel isolation, Job job)
      throws Exception {
    String run = newRun();
    Configuration own = new Configuration(options);
    own.set(KafkaOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
    own.set(KafkaOptions.FRAMES_TOPIC, topic);
    own.set(KafkaOptions.LABELS_TOPIC, run + "-labels");
    own.set(KafkaOptions.REJECTED_TOPIC, run + "-rejected");
    own.set(KafkaOptions.GROUP_ID, run);
    own.set(KafkaOptions.TRANSACTIONAL_ID_PREFIX, run);
    Consumer<StreamExecutionEnvironment> define =
        environment -> job.addTo(environment, own, new Configuration());
    try (LocalCluster cluster = LocalCluster.start(1, PARALLELISM, folder.resolve(run))) {
      LocalCluster.Job running = cluster.submit(PARALLELISM, Optional.empty(), define);
      Run seen = read(run, count, isolation, Optional.of(running));
      running.cancel();
      return seen;
    } finally {
      FileUtils.deleteQuietly(folder.resolve(run).toFile());
    }
  }

  /** As {@link #job}, for the Kafka Streams baseline. */
  Run streams(String topic, int count, Path model) throws Exception {
    String run = newRun();
    try (StreamsBaseline streams =
        new StreamsBaseline(
            broker.bootstrapServers(), run, topic, run + "-labels", model, device, folder)) {
      return read(run, count, IsolationLevel.READ_COMMITTED, Optional.empty());
    }
  }

  private String newRun() {
    String run = "run-" + ++runs;
    createTopics(run + "-labels", run + "-rejected");
    return run;
  }

  private Run read(
      String run, int count, IsolationLevel isolation, Optional<LocalCluster.Job> running)
      throws Exception {
    CommitClock clock = new CommitClock();
    List<Map<Worker, Long>> cpu = new ArrayList<>();
    try (OutcomeReader reader =
        new OutcomeReader(client(isolation), run + "-labels", run + "-rejected", isolation)) {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (clock.seen() < count) {
        int found = reader.poll(Duration.ofMillis(20)).size();
        if (clock.add(found, System.nanoTime())) {
          cpu.add(CpuTimes.nanos());
        }
        if (running.isPresent()) {
          running.get().failIfEnded();
        }
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(
              run + ": " + clock.seen() + " of " + count + " frames after " + PATIENCE);
        }
      }
    }
    return new Run(clock.perSecond(), cost(clock, cpu), figures(running));
  }

  /**
   * A reader that is not held back until a commit asks twice a second: else it would ask after each
   * result, on the cores that are measured.
   */
  private Map<String, String> client(IsolationLevel isolation) {
    Map<String, String> client = new HashMap<>(broker.client());
    if (isolation == IsolationLevel.READ_UNCOMMITTED) {
      client.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, Integer.toString(MAX_RECORD_BYTES));
      client.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "500");
    }
    return client;
  }

  private static Cost cost(CommitClock clock, List<Map<Worker, Long>> cpu) {
    return Cost.between(cpu.get(0), cpu.get(clock.lastCounted()), clock.counted());
  }

  private static Optional<CheckpointFigures> figures(Optional<LocalCluster.Job> running)
      throws Exception {
    return running.isPresent() ? Optional.of(running.get().checkpoints()) : Optional.empty();
  }
}
