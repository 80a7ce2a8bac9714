package dev.framelabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.framelabel.event.Outcome;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.tools.clients.OutcomeReader;
import dev.framelabel.tools.demo.DeliveryTally;
import dev.framelabel.tools.demo.EmbeddedBroker;
import dev.framelabel.tools.demo.SimulatedCameras;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Follows docs/start/flink-cluster.md on a real Flink distribution: each of the page's commands,
 * word for word but for addresses and folders. {@code .ci/distribution} fetches the distribution.
 */
@Tag("distribution")
final class DistributionIT {
  private static final Path PAGE = Path.of("docs/start/flink-cluster.md");
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int FRAMES = 200;

  @TempDir private Path folder;

  private final Map<String, String> names = new LinkedHashMap<>();
  private final List<String> unused = new ArrayList<>();
  private Path flink;

  @ParameterizedTest
  @CsvSource({"1, Default", "4, Adaptive"})
  @Timeout(600)
  void guide_isFollowed_labelsEachFrameOnce(int slots, String scheduler) throws Exception {
    layOut();
    unused.addAll(commands());
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"))) {
      name(broker.bootstrapServers());
      // The build, which is there.
      assertThat(unused.remove("./mvnw -DskipTests package")).isTrue();
      run("cp target/framelabel/flink-lib/");
      run("cat docker/flink-settings.yaml");
      configure(slots, scheduler);
      run("\"$FLINK_HOME/bin/start-cluster.sh\"");
      run("./framelabel topics create");
      Await.until(
          "the TaskManagers are there", LIMIT, () -> taskManagers() == 2 / Math.min(slots, 2));
      assertThat(run("./framelabel doctor")).doesNotContain("FAIL");

      run("./framelabel job run --rest http://jobmanager:8081 --parallelism 2 --bootstrap");
      publish(broker);
      awaitLabels(broker, FRAMES);
      String savepoint = lastLine(run("./framelabel job stop"));
      names.put(names.get("file:///mnt/flink") + "/savepoints/savepoint-1", savepoint);

      Files.copy(Path.of("model/demo-xception.onnx"), folder.resolve("other.onnx"));
      Files.writeString(
          folder.resolve("framelabel.yaml"),
          "bootstrap-servers: %s\njob:\n  model: %s\n  device: cpu\n"
              .formatted(broker.bootstrapServers(), folder.resolve("other.onnx")));
      publish(broker);
      String started =
          run("./framelabel job run --rest http://jobmanager:8081 --parallelism 2 --config");
      awaitLabels(broker, 2 * FRAMES);
      awaitCommitted(broker, 2 * FRAMES);
      cancel(started);

      publish(broker);
      String detached = run("flink run --detached");
      awaitLabels(broker, 3 * FRAMES);
      cancel(detached);
    }
    assertThat(unused).as("commands of the page that this test does not follow").isEmpty();
  }

  /** A Flink home of its own: with the distribution's jars, and another configuration. */
  private void layOut() throws Exception {
    String given = System.getProperty("flink.distribution", "");
    assumeTrue(!given.isEmpty(), "NOT RUN: no Flink distribution; .ci/distribution fetches it");
    flink = folder.resolve("flink");
    shell("cp -r '" + given + "' '" + flink + "' && mkdir -p '" + flink + "/log'");
  }

  private static List<String> commands() throws IOException {
    return Files.readString(PAGE)
        .replaceAll("(?s)```.*?```", "")
        .lines()
        .filter(line -> line.startsWith("    "))
        .map(String::strip)
        .toList();
  }

  private void name(String brokers) {
    names.put("broker:9092", brokers);
    names.put("http://jobmanager:8081", "http://localhost:8081");
    names.put(
        "/models/xception.onnx", Path.of("model/demo-xception.onnx").toAbsolutePath().toString());
    names.put(
        "file:///mnt/flink", folder.resolve("state").toUri().toString().replaceFirst("/$", ""));
    names.put("--config framelabel.yaml", "--config " + folder.resolve("framelabel.yaml"));
  }

  /** The page's settings, for one machine; two TaskManagers where one has a single slot. */
  private void configure(int slots, String scheduler) throws IOException {
    String yaml =
        Files.readString(PAGE)
            .replaceFirst("(?s).*?```yaml\n(.*?)```.*", "$1")
            .replaceAll(": (jobmanager|worker-1)\n", ": localhost\n")
            .replaceFirst("numberOfTaskSlots: \\d+", "numberOfTaskSlots: " + slots)
            .replace("file:///mnt/flink", names.get("file:///mnt/flink"));
    Files.writeString(
        flink.resolve("conf/config.yaml"),
        yaml + "jobmanager.scheduler: " + scheduler + "\n",
        StandardOpenOption.APPEND);
    Files.writeString(flink.resolve("conf/workers"), "localhost\n".repeat(2 / Math.min(slots, 2)));
  }

  private void publish(EmbeddedBroker broker) {
    new SimulatedCameras(4, 0, FRAMES).run(broker.client());
  }

  private void awaitLabels(EmbeddedBroker broker, int count) {
    Await.until(
        count + " frames are labelled once each",
        LIMIT,
        () -> {
          DeliveryTally tally = new DeliveryTally(id -> Optional.empty());
          try (OutcomeReader reader =
              new OutcomeReader(
                  broker.client(), "labels", "rejected", IsolationLevel.READ_COMMITTED)) {
            long seen = 0;
            do {
              List<Outcome> outcomes = reader.poll(Duration.ofMillis(500));
              outcomes.forEach(outcome -> tally.add(outcome, Instant.now()));
              seen += outcomes.size();
            } while (!reader.atEnd());
            assertThat(tally.accounted()).as("without repetitions").isEqualTo(seen);
          }
          return tally.labelled() == count;
        });
  }

  /** A job that is started without a savepoint goes on at the committed offsets. */
  private static void awaitCommitted(EmbeddedBroker broker, int count) throws Exception {
    try (Admin admin = Admin.create(Map.<String, Object>copyOf(broker.client()))) {
      Await.until(
          "the group has committed " + count + " frames",
          LIMIT,
          () ->
              admin
                      .listConsumerGroupOffsets("framelabel")
                      .partitionsToOffsetAndMetadata()
                      .get()
                      .values()
                      .stream()
                      .mapToLong(OffsetAndMetadata::offset)
                      .sum()
                  == count);
    }
  }

  private int taskManagers() throws Exception {
    Matcher found =
        Pattern.compile("\"taskmanagers\":(\\d+)")
            .matcher(shell("curl -s http://localhost:8081/overview || true"));
    return found.find() ? Integer.parseInt(found.group(1)) : 0;
  }

  private void cancel(String started) throws Exception {
    Matcher id = Pattern.compile("[0-9a-f]{32}").matcher(started);
    assertThat(id.find()).as(started).isTrue();
    shell("\"$FLINK_HOME/bin/flink\" cancel " + id.group());
  }

  /** Runs the page's one command that begins so. */
  private String run(String begin) throws Exception {
    List<String> found = unused.stream().filter(command -> command.startsWith(begin)).toList();
    assertThat(found).as(begin + " in " + unused).hasSize(1);
    unused.remove(found.get(0));
    String command = found.get(0);
    for (Map.Entry<String, String> name : names.entrySet()) {
      command = command.replace(name.getKey(), name.getValue());
    }
    return shell(command);
  }

  private String shell(String command) throws Exception {
    Path out = folder.resolve("out.txt");
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", command)
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().put("FLINK_HOME", flink.toString());
    builder.environment().put("FRAMELABEL_TOPICS_CREATE_REPLICATION", "1");
    builder.environment().merge("PATH", flink + "/bin", (path, bin) -> bin + ":" + path);
    Process process = builder.start();
    assertThat(process.waitFor(180, TimeUnit.SECONDS)).as(command).isTrue();
    String printed = Files.readString(out);
    assertThat(process.exitValue()).as("%s%n%s", command, printed).isZero();
    return printed;
  }

  private static String lastLine(String text) {
    return text.strip().lines().reduce("", (before, line) -> line);
  }

  @AfterEach
  void stopCluster() throws Exception {
    if (flink != null) {
      shell("\"$FLINK_HOME/bin/stop-cluster.sh\"");
    }
  }
}
