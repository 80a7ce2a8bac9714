package dev.framelabel.tools.demo;

import dev.framelabel.LabellingJob;
import dev.framelabel.config.Delivery;
import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.Outcome;
import dev.framelabel.kafka.admin.AdminCalls;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.model.ModelMetadata;
import dev.framelabel.model.OnnxLabelModel;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.tools.clients.OutcomeReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * The whole product in one JVM: a real broker, cameras, the labelling job on a Flink MiniCluster,
 * and a reader that counts. Runs on the caller's thread; {@link #stop} may come from any.
 */
public final class Demo {
  private static final int PARTITIONS = 4;
  private static final int PARALLELISM = 2;
  static final int MAX_RECORD_BYTES = 8 << 20;
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Settings settings;
  private final DemoSource source;
  private final PrintWriter out;
  private final Function<Map<String, String>, AutoCloseable> view;

  /**
   * Settings of the demo.
   *
   * @param duration after which the source is stopped; empty: when it ends
   * @param labels file for the committed labels as JSON Lines; empty for none
   * @param folder empty, for the broker's data and the checkpoints
   */
  public record Settings(
      Optional<Duration> duration,
      Delivery delivery,
      Path model,
      String device,
      Optional<Path> labels,
      Path folder) {
    public Settings {
      if (duration.isPresent() && duration.get().isNegative()) {
        throw new IllegalArgumentException(
            "found a duration of " + duration.get() + "; expected 0 or more");
      }
    }
  }

  /**
   * Prepares a demo; {@link #run} starts its parts.
   *
   * @param view starts what shows the demo, given the properties of the Kafka client; closed before
   *     the broker ends
   */
  public Demo(
      Settings settings,
      DemoSource source,
      PrintWriter out,
      Function<Map<String, String>, AutoCloseable> view) {
    this.settings = settings;
    this.source = source;
    this.out = out;
    this.view = view;
  }

  /** Ends the source; {@link #run} then waits for the frames in flight and reports. */
  public void stop() {
    source.stop();
  }

  /** Runs the demo to its end. */
  public DemoReport run() throws Exception {
    ModelMetadata metadata = checkModel();
    say("Starting a Kafka broker in this process ...");
    try (EmbeddedBroker broker = EmbeddedBroker.start(settings.folder())) {
      Topics.create(
          broker.client(),
          List.of("frames", "labels", "rejected"),
          PARTITIONS,
          (short) 1,
          MAX_RECORD_BYTES);
      try (AutoCloseable shown = view.apply(broker.client())) {
        return labelAll(broker, metadata);
      }
    }
  }

  private DemoReport labelAll(EmbeddedBroker broker, ModelMetadata metadata) throws Exception {
    say(
        "Starting the labelling job on a Flink MiniCluster (broker: %s) ..."
            .formatted(broker.bootstrapServers()));
    try (LocalCluster cluster = LocalCluster.start(1, PARALLELISM, settings.folder())) {
      LocalCluster.Job job = cluster.submit(PARALLELISM, Optional.empty(), jobOn(broker));
      job.awaitRunning();
      DemoReport report = label(job, broker, metadata);
      job.cancel();
      return report;
    }
  }

  /** Opens the model once, so that a bad one is refused before anything starts. */
  private ModelMetadata checkModel() {
    SessionSettings session = SessionSettings.on(settings.device(), 1);
    try (OnnxLabelModel model = new OnnxLabelModel(settings.model(), session)) {
      ModelMetadata metadata = model.metadata();
      say(
          String.format(
              "Model %s %s: %d classes, %d x %d pixels, on %s.",
              metadata.name(),
              metadata.version(),
              metadata.classes(),
              metadata.width(),
              metadata.height(),
              model.device()));
      return metadata;
    }
  }

  private Consumer<StreamExecutionEnvironment> jobOn(EmbeddedBroker broker) {
    Configuration job = new Configuration();
    job.set(KafkaOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
    job.set(KafkaOptions.DELIVERY, settings.delivery());
    job.set(KafkaOptions.MAX_RECORD_SIZE, new MemorySize(MAX_RECORD_BYTES));
    job.set(JobOptions.MODEL, settings.model().toString());
    job.set(JobOptions.DEVICE, settings.device());
    job.set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofSeconds(1));
    Configuration flink = new Configuration();
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    flink.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 3);
    return environment -> LabellingJob.addTo(environment, job, flink);
  }

  private DemoReport label(LocalCluster.Job job, EmbeddedBroker broker, ModelMetadata metadata)
      throws Exception {
    try (Admin admin = Admin.create(Map.copyOf(broker.client()));
        LabelLines lines = new LabelLines(settings.labels());
        OutcomeReader reader =
            new OutcomeReader(
                broker.client(), "labels", "rejected", IsolationLevel.READ_COMMITTED)) {
      say(source + " Ctrl-C ends the demo.");
      DeliveryTally tally = new DeliveryTally(source::truth);
      Instant begun = Instant.now();
      CompletableFuture<Void> publishing =
          CompletableFuture.runAsync(() -> publish(broker.client()));
      settings.duration().ifPresent(this::stopAfter);
      readAll(job, reader, new Account(tally, admin, lines), publishing, begun);
      publishing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return report(tally, published(admin), begun, metadata);
    }
  }

  private void publish(Map<String, String> client) {
    try {
      source.run(client);
    } catch (Exception e) {
      throw new CompletionException(e);
    }
  }

  private void stopAfter(Duration duration) {
    CompletableFuture.delayedExecutor(duration.toNanos(), TimeUnit.NANOSECONDS)
        .execute(source::stop);
  }

  private DemoReport report(
      DeliveryTally tally,
      Map<TopicPartition, Long> published,
      Instant begun,
      ModelMetadata metadata) {
    return new DemoReport(
        total(published),
        tally.labelled(),
        tally.rejected(),
        tally.lost(published),
        tally.doubled(published),
        tally.accuracy().map(accuracy -> round(accuracy, 4)).orElse(null),
        round(tally.meanBatchSize(), 2),
        round(tally.framesPerSecond(begun), 1),
        round(tally.latencyMillis(0.5), 1),
        round(tally.latencyMillis(0.99), 1),
        metadata.name() + " " + metadata.version(),
        settings.delivery().toString(),
        tally.cameras());
  }

  /** Returns the number of frames on the broker, by partition. */
  private static Map<TopicPartition, Long> published(Admin admin) {
    List<TopicPartition> partitions =
        IntStream.range(0, PARTITIONS).mapToObj(p -> new TopicPartition("frames", p)).toList();
    return AdminCalls.offsets(
        admin, partitions, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
  }

  private static long total(Map<TopicPartition, Long> published) {
    return published.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Counts of frames in and outcomes out, and the file of the labels. */
  private record Account(DeliveryTally tally, Admin admin, LabelLines lines) {
    long published() {
      return total(Demo.published(admin));
    }

    boolean isComplete() {
      return tally.accounted() >= published();
    }

    void add(List<Outcome> outcomes, Instant seenAt) throws IOException {
      for (Outcome outcome : outcomes) {
        tally.add(outcome, seenAt);
        lines.add(outcome);
      }
    }
  }

  /** Reads until all published frames are accounted for, or no outcome has come for too long. */
  private void readAll(
      LocalCluster.Job job,
      OutcomeReader reader,
      Account account,
      CompletableFuture<Void> publishing,
      Instant begun)
      throws Exception {
    Instant progressed = Instant.now();
    Instant said = Instant.now();
    while (!publishing.isDone() || !account.isComplete()) {
      List<Outcome> outcomes = reader.poll(POLL);
      Instant now = Instant.now();
      account.add(outcomes, now);
      progressed = outcomes.isEmpty() && publishing.isDone() ? progressed : now;
      if (Duration.between(said, now).toMillis() >= 1000) {
        said = now;
        sayProgress(account, begun);
      }
      job.failIfEnded();
      if (Duration.between(progressed, now).compareTo(PATIENCE) > 0) {
        say("No result for " + PATIENCE.toSeconds() + " s: giving up.");
        break;
      }
    }
    drain(reader, account);
  }

  /** Reads once more to the end of the topics: results that came twice show here. */
  private static void drain(OutcomeReader reader, Account account) throws Exception {
    do {
      account.add(reader.poll(POLL), Instant.now());
    } while (!reader.atEnd());
  }

  private void sayProgress(Account account, Instant begun) {
    DeliveryTally tally = account.tally();
    say(
        String.format(
            Locale.ROOT,
            "%4d s  %,7d in  %,7d labelled  %6.1f frames/s   %s",
            Duration.between(begun, Instant.now()).toSeconds(),
            account.published(),
            tally.labelled(),
            tally.framesPerSecond(begun),
            tally.newestLabels()));
  }

  private void say(String text) {
    out.println(text);
    out.flush();
  }

  private static double round(double value, int digits) {
    double scale = Math.pow(10, digits);
    return Math.round(value * scale) / scale;
  }
}
