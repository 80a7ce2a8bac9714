package dev.framelabel.tools.bench;

import dev.framelabel.LabellingJob;
import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.Frame;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.model.ModelOpener;
import dev.framelabel.model.Precision;
import dev.framelabel.tools.clients.FramePublisher;
import dev.framelabel.tools.clients.OutcomeReader;
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
 * Measurement of jobs from a topic that is full of frames to a reader of the results, with the
 * broker and Flink in this JVM. Not thread-safe.
 */
public final class JobRuns {
  /** Tasks of a job. */
  public static final int PARALLELISM = 2;

  private static final int PARTITIONS = 4;
  private static final int MAX_RECORD_BYTES = 4 << 20;
  private static final int MOST_UNSENT = 256;
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final EmbeddedBroker broker;
  private final Path folder;
  private final String device;
  private final Precision precision;
  private int runs;

  /**
   * Prepares runs on this broker; each run makes topics of its own.
   *
   * @param broker its owner closes it
   * @param folder for what the runs write
   * @param device of the jobs' sessions
   * @param precision of the device's arithmetic
   */
  public JobRuns(EmbeddedBroker broker, Path folder, String device, Precision precision) {
    this.broker = broker;
    this.folder = folder;
    this.device = device;
    this.precision = precision;
  }

  /** Definition of a job, which it adds to an environment. */
  @FunctionalInterface
  public interface Job {
    void addTo(StreamExecutionEnvironment environment, Configuration job, Configuration flink);
  }

  /** Look at a job that has labelled all frames, before it is cancelled. */
  @FunctionalInterface
  public interface Look {
    void at(LocalCluster.Job running) throws Exception;
  }

  /** Check that a run is still alive. */
  @FunctionalInterface
  public interface Check {
    void run() throws Exception;
  }

  /** Returns Framelabel's job with an opener of models. */
  public static Job framelabel(ModelOpener models) {
    return (environment, job, flink) -> LabellingJob.addTo(environment, job, flink, models);
  }

  /** Makes a topic with this many frames of some cameras, and returns its name. */
  public String fill(List<BenchFrame> frames, int count) {
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

  /** Returns a job's options for a model on the device, with a checkpoint each second. */
  public Configuration options(Path model, int batchSize) {
    Configuration options = new Configuration();
    options.set(KafkaOptions.MAX_RECORD_SIZE, new MemorySize(MAX_RECORD_BYTES));
    options.set(JobOptions.MODEL, model.toString());
    options.set(JobOptions.DEVICE, device);
    options.set(JobOptions.PRECISION, precision);
    options.set(JobOptions.MAX_BATCH_SIZE, batchSize);
    options.set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofSeconds(1));
    return options;
  }

  /**
   * Runs a job until its first {@code count} results are read, and returns results per second.
   *
   * @param isolation of the reader: committed results come in steps, others at once
   */
  public double job(
      String topic, int count, Configuration options, IsolationLevel isolation, Job job)
      throws Exception {
    return job(topic, count, options, isolation, job, running -> {});
  }

  /**
   * Runs a job until its first {@code count} results are read, and returns results per second.
   *
   * @param isolation of the reader: committed results come in steps, others at once
   * @param look is called before the job is cancelled
   */
  public double job(
      String topic, int count, Configuration options, IsolationLevel isolation, Job job, Look look)
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
      double perSecond = read(run, count, isolation, running::failIfEnded);
      look.at(running);
      running.cancel();
      return perSecond;
    } finally {
      FileUtils.deleteQuietly(folder.resolve(run).toFile());
    }
  }

  /** Creates the topics NAME-labels and NAME-rejected of a new run, and returns its name. */
  public String newRun() {
    String run = "run-" + ++runs;
    createTopics(run + "-labels", run + "-rejected");
    return run;
  }

  /**
   * Reads the first {@code count} results of a run, and returns results per second.
   *
   * @param check is called between two reads; throws if no more results will come
   */
  public double read(String run, int count, IsolationLevel isolation, Check check)
      throws Exception {
    CommitClock clock = new CommitClock();
    try (OutcomeReader reader =
        new OutcomeReader(client(isolation), run + "-labels", run + "-rejected", isolation)) {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (clock.seen() < count) {
        clock.add(reader.poll(Duration.ofMillis(20)).size(), System.nanoTime());
        check.run();
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(
              run + ": " + clock.seen() + " of " + count + " frames after " + PATIENCE);
        }
      }
    }
    return clock.perSecond();
  }

  /**
   * Returns the properties of the client. A reader of uncommitted results fetches twice a second:
   * it would fetch after each result otherwise, on the cores that are measured.
   */
  private Map<String, String> client(IsolationLevel isolation) {
    Map<String, String> client = new HashMap<>(broker.client());
    if (isolation == IsolationLevel.READ_UNCOMMITTED) {
      client.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, Integer.toString(MAX_RECORD_BYTES));
      client.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "500");
    }
    return client;
  }
}
