package dev.framelabel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.framelabel.config.Delivery;
import dev.framelabel.config.FlinkDefaults;
import dev.framelabel.config.JobArguments;
import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Image;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.TestImages;
import dev.framelabel.kafka.admin.OpenTransactions;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.kafka.sink.OutcomeSinks;
import dev.framelabel.kafka.source.FrameSource;
import dev.framelabel.model.ModelOpener;
import dev.framelabel.model.TestModels;
import dev.framelabel.pipeline.LabellingPipeline;
import dev.framelabel.pipeline.state.EventTypeInformation;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.tools.clients.FramePublisher;
import dev.framelabel.tools.clients.OutcomeReader;
import dev.framelabel.tools.demo.ClusterControl;
import dev.framelabel.tools.demo.EmbeddedBroker;
import dev.framelabel.tools.demo.LocalCluster;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The job, restored from a checkpoint whose transaction was not committed: real broker, real Flink,
 * the demo model.
 */
@Timeout(180)
class LostCommitIT {
  private static final int FRAMES = 9;
  private static final int LATER_FRAMES = 4;
  private static final Duration LIMIT = Duration.ofMinutes(1);

  @TempDir private Path folder;
  private EmbeddedBroker broker;

  private void start(int transactionVersion) {
    broker =
        EmbeddedBroker.start(
            folder.resolve("kafka"),
            Map.of("transaction.abort.timed.out.transaction.cleanup.interval.ms", "200"),
            transactionVersion);
    List<String> ignored =
        Topics.create(
            broker.client(), List.of("frames", "labels", "rejected"), 1, (short) 1, 1 << 20);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  /** The results are gone from the topic: the user runs what the error says. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void resultsGone_jobEnds_andItsMessagesCommandsLabelEveryFrameOnce(int transactionVersion)
      throws Exception {
    start(transactionVersion);
    Configuration options = options();
    options.set(KafkaOptions.TRANSACTION_TIMEOUT, Duration.ofSeconds(2));
    try (LocalCluster cluster = LocalCluster.start(1, 1, folder)) {
      publish(0, FRAMES);
      String checkpoint = failBeforeCommit(cluster, options);
      Await.until(
          "the broker aborts the transaction",
          LIMIT,
          () -> OpenTransactions.list(broker.client(), "").isEmpty());
      deleteResults();
      options.set(KafkaOptions.TRANSACTION_TIMEOUT, Duration.ofMinutes(1));

      String message = endOf(submit(cluster, Optional.of(checkpoint), options));
      List<String> commands = message.lines().filter(line -> line.startsWith("flink run")).toList();
      assertThat(commands).hasSize(2);
      assertThat(message).contains("Data loss detected", "Label the frames again");

      List<String> backfill = arguments(commands.get(0));
      assertThat(backfill).startsWith("run", "framelabel-job.jar");
      ClusterControl.awaitEnd(
          submit(cluster, Optional.empty(), parse(backfill.subList(2, backfill.size()))));
      List<String> labelledAgain = read(1);
      assertThat(labelledAgain).isNotEmpty().doesNotHaveDuplicates();

      List<String> goOn = arguments(commands.get(1));
      assertThat(goOn)
          .startsWith("run", "-s", "<last checkpoint>", "-p", "1", "framelabel-job.jar");
      publish(FRAMES, LATER_FRAMES);
      LocalCluster.Job job =
          submit(cluster, Optional.of(checkpoint), parse(goOn.subList(6, goOn.size())));
      assertThat(read(FRAMES + LATER_FRAMES))
          .containsExactlyInAnyOrderElementsOf(ids(FRAMES + LATER_FRAMES));
      job.cancel();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void pendingTransaction_restoredWithAtLeastOnce_isCommitted(int transactionVersion)
      throws Exception {
    start(transactionVersion);
    Configuration options = options();
    try (LocalCluster cluster = LocalCluster.start(1, 1, folder)) {
      publish(0, FRAMES);
      String checkpoint = failBeforeCommit(cluster, options);
      assertThat(read(0)).isEmpty();
      options.set(KafkaOptions.DELIVERY, Delivery.AT_LEAST_ONCE);
      LocalCluster.Job job = submit(cluster, Optional.of(checkpoint), options);
      assertThat(read(FRAMES)).containsExactlyInAnyOrderElementsOf(ids(FRAMES));
      job.cancel();
    }
  }

  private Configuration options() {
    Configuration options = new Configuration();
    options.set(KafkaOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
    options.set(JobOptions.MODEL, TestModels.demo().toString());
    options.set(JobOptions.DEVICE, "cpu");
    options.set(JobOptions.MAX_BATCH_SIZE, 4);
    options.set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(500));
    return options;
  }

  /** Runs the job until it fails before its first commit; returns the checkpoint of that. */
  private String failBeforeCommit(LocalCluster cluster, Configuration options) throws Exception {
    JobOptions job = new JobOptions(options);
    KafkaOptions kafka = new KafkaOptions(options);
    Configuration flink = new Configuration();
    flink.setString("restart-strategy.type", "none");
    String message =
        endOf(
            cluster.submit(
                1,
                Optional.empty(),
                environment -> {
                  FlinkDefaults.apply(environment, job, flink);
                  new LabellingPipeline(
                          FrameSource.build(kafka, new EventTypeInformation<>(FrameEvent.class)),
                          UncommittedSink.of(OutcomeSinks.labels(kafka)),
                          OutcomeSinks.rejected(kafka),
                          LabellingJob.resultLimit(kafka),
                          job,
                          ModelOpener.ONNX)
                      .addTo(environment);
                }));
    assertThat(message).contains("the worker fails before its commit");
    try (Stream<Path> files = Files.walk(folder.resolve("checkpoints"))) {
      return files
          .filter(file -> file.endsWith("_metadata"))
          .max(Comparator.comparing(LostCommitIT::number))
          .orElseThrow()
          .getParent()
          .toUri()
          .toString();
    }
  }

  private static int number(Path metadata) {
    return Integer.parseInt(
        metadata.getParent().getFileName().toString().substring("chk-".length()));
  }

  private static LocalCluster.Job submit(
      LocalCluster cluster, Optional<String> checkpoint, Configuration options) throws Exception {
    return cluster.submit(
        1,
        checkpoint,
        environment -> LabellingJob.addTo(environment, options, new Configuration()));
  }

  /** What the job's end says; it ends without a restart, though it may restart. */
  private static String endOf(LocalCluster.Job job) {
    StringBuilder messages = new StringBuilder();
    for (Throwable cause = catchThrowable(() -> ClusterControl.awaitEnd(job));
        cause != null;
        cause = cause.getCause()) {
      messages.append(cause.getMessage()).append('\n');
    }
    return messages.toString();
  }

  /** The arguments of a command as a shell understands it. */
  private static List<String> arguments(String command) throws IOException {
    Process shell =
        new ProcessBuilder("sh", "-c", "flink() { printf '%s\\0' \"$@\"; }\n" + command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return List.of(new String(shell.getInputStream().readAllBytes(), UTF_8).split("\0"));
  }

  private static Configuration parse(List<String> arguments) {
    return JobArguments.parse(arguments.toArray(String[]::new)).job();
  }

  private void deleteResults() throws Exception {
    try (Admin admin = Admin.create(Map.copyOf(broker.client()))) {
      admin
          .deleteRecords(Map.of(new TopicPartition("labels", 0), RecordsToDelete.beforeOffset(-1)))
          .all()
          .get();
    }
  }

  private void publish(int first, int count) {
    try (FramePublisher publisher = new FramePublisher(broker.client(), "frames", 1 << 20)) {
      for (int i = first; i < first + count; i++) {
        publisher
            .publish(
                new Frame(
                    "cam",
                    Integer.toString(i),
                    Instant.now().truncatedTo(ChronoUnit.MICROS),
                    Image.encoded(TestImages.jpeg(16, 16, Color.RED)),
                    Map.of(),
                    TestEvents.SOURCE))
            .join();
      }
    }
  }

  private static List<String> ids(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  /** Reads committed results until there are so many, and what comes within a second after. */
  private List<String> read(int count) throws Exception {
    List<String> ids = new ArrayList<>();
    try (OutcomeReader reader =
        new OutcomeReader(broker.client(), "labels", "rejected", IsolationLevel.READ_COMMITTED)) {
      Instant deadline = Instant.now().plus(LIMIT);
      while (ids.size() < count && Instant.now().isBefore(deadline)) {
        reader.poll(Duration.ofMillis(100)).stream().map(Outcome::frameId).forEach(ids::add);
      }
      for (int poll = 0; poll < 10; poll++) {
        reader.poll(Duration.ofMillis(100)).stream().map(Outcome::frameId).forEach(ids::add);
      }
    }
    return ids;
  }
}
