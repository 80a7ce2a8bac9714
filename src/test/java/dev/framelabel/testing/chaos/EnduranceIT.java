package dev.framelabel.testing.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.config.JobOptions;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.testing.cluster.JavaProcess;
import dev.framelabel.testing.cluster.ProcessCluster;
import dev.framelabel.tools.demo.BrokerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What grows with time or with restarts. {@code -Pfaults} runs it. */
@Tag("faults")
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class EnduranceIT {
  private static final int RESTARTS = 100;

  /** Restarts after which most of the code that a restart runs is compiled. */
  private static final int WARM_UP = 20;

  /** Restarts from one look at the worker to the next. */
  private static final int STEP = 10;

  private static final int SOAK_MINUTES = Integer.getInteger("soak_minutes", 10);
  private static final int MOST_UNDER_WAY = 4_000;
  private static final FaultTable TABLE = new FaultTable();

  @TempDir private Path folder;

  private FaultLab lab;

  @BeforeEach
  void prepare() {
    lab = new FaultLab(folder, TABLE);
  }

  @AfterAll
  static void report() {
    TABLE.report(Path.of("target"), "faults-endurance");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 1})
  void restarts_inOneTaskManager_leaveNothingBehind(int transactionVersion) throws IOException {
    Path faults = lab.faults();
    ProcessCluster.Settings settings =
        lab.faultySettings(transactionVersion).withTaskManagers(1).withFlink(TouchedHeap.SETTINGS);
    try (ProcessCluster cluster = ProcessCluster.start(settings)) {
      cluster.submit(
          "--fault-folder",
          faults.toString(),
          "-Drestart-strategy.exponential-delay.initial-backoff=100 ms",
          "-Drestart-strategy.exponential-delay.max-backoff=200 ms");
      JavaProcess worker = cluster.flink().taskManagers().get(0);
      Map<Integer, Long> untrimmed = new TreeMap<>();
      Map<Integer, Long> resident = new TreeMap<>();
      Map<Integer, Long> temporary = new TreeMap<>();
      try (FaultRun run = new FaultRun(cluster, 40)) {
        for (int restart = 1; restart <= RESTARTS; restart++) {
          fail(cluster, faults);
          if (restart % STEP == 0) {
            untrimmed.put(restart, worker.residentKilobytes());
            TouchedHeap.trim(worker.pid());
            resident.put(restart, worker.residentKilobytes());
            temporary.put(restart, temporaryFiles());
            System.out.println(
                "after "
                    + restart
                    + " restarts resident "
                    + untrimmed.get(restart)
                    + " kB, of it freed but kept by malloc "
                    + (untrimmed.get(restart) - resident.get(restart))
                    + ", threads "
                    + worker.threads()
                    + ", job class loaders "
                    + TouchedHeap.jobClassLoaders(worker.pid())
                    + ", committed kB "
                    + TouchedHeap.parts(worker.pid()));
          }
        }
        Map<String, Set<String>> mapped = nativeCopies(worker);
        System.out.println(
            "resident kB after restarts "
                + resident
                + "; temporary files "
                + temporary
                + "; mapped "
                + mapped);
        assertThat(mapped).isNotEmpty();
        assertThat(mapped.values()).allMatch(copies -> copies.size() == 1);
        assertThat(nativeFolders()).as("extracted once").hasSizeLessThanOrEqualTo(1);
        assertThat(temporary.get(RESTARTS))
            .as("temporary files after " + RESTARTS + " restarts beside " + STEP)
            .isLessThanOrEqualTo(temporary.get(STEP));
        lab.judge(
            run, run.suffer(RESTARTS + " restarts", () -> {}, lab.random()), transactionVersion);
        assertFlat(untrimmed, WARM_UP);
        assertFlat(untrimmed, RESTARTS / 2);
        assertFlat(resident, STEP);
        assertFlat(resident, RESTARTS / 2);
      }
    }
  }

  private static void assertFlat(Map<Integer, Long> kilobytes, int from) {
    assertThat(kilobytes.get(from + 50))
        .as("resident kB after 50 more restarts than %d", from)
        .isLessThan(kilobytes.get(from) * 103 / 100);
  }

  private static void fail(ProcessCluster cluster, Path faults) {
    long restored = cluster.checkpoints("restored");
    FaultPoint.EXCEPTION.arm(faults);
    Await.until(
        "a restart",
        Duration.ofMinutes(3),
        () -> !FaultPoint.EXCEPTION.armed(faults) && cluster.checkpoints("restored") > restored);
    cluster.awaitRunning();
  }

  /** Native libraries of labelling that the process has mapped, by name, with their paths. */
  private static Map<String, Set<String>> nativeCopies(JavaProcess process) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc", process.pid() + "", "maps"))) {
      return lines
          .filter(line -> line.matches(".*(onnxruntime|opencv|jniopencv|javacpp).*\\.so.*"))
          .map(line -> line.substring(line.indexOf('/')))
          .collect(
              Collectors.groupingBy(
                  path -> path.substring(path.lastIndexOf('/') + 1),
                  Collectors.toCollection(TreeSet::new)));
    }
  }

  private List<String> nativeFolders() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("flink/tmp"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("onnxruntime"))
          .toList();
    }
  }

  /**
   * What the worker holds.
   *
   * @param tensors native ones that are open, by its own count
   */
  private record Sample(long residentKilobytes, long threads, long files, long tensors) {}

  /** As many frames as the job takes, for {@code -Dsoak_minutes=N}. */
  @Test
  @Timeout(value = 2, unit = TimeUnit.DAYS)
  void soak_atFullRate_memoryThreadsAndFilesStayFlat() throws IOException {
    int port = BrokerFiles.freePort();
    Map<String, String> flink = new HashMap<>(TouchedHeap.SETTINGS);
    flink.put(
        "metrics.reporter.prom.factory.class",
        "org.apache.flink.metrics.prometheus.PrometheusReporterFactory");
    // The JobManager comes first.
    flink.put("metrics.reporter.prom.port", port + "-" + (port + 1));
    ProcessCluster.Settings settings = lab.settings(0).withTaskManagers(1).withFlink(flink);
    try (ProcessCluster cluster = ProcessCluster.start(settings)) {
      cluster.submit();
      JavaProcess worker = cluster.flink().taskManagers().get(0);
      try (FaultRun run = FaultRun.atFullRate(cluster, MOST_UNDER_WAY)) {
        Duration part = Duration.ofMinutes(SOAK_MINUTES).dividedBy(20);
        List<Sample> samples = new ArrayList<>();
        Instant begun = Instant.now();
        FaultRun.Recovery recovery =
            run.suffer(
                "soak of " + SOAK_MINUTES + " min",
                () -> {
                  for (int i = 0; i < 20; i++) {
                    Await.pause(part);
                    samples.add(sample(worker, port));
                    System.out.println(samples.get(i) + ", frames " + run.accounted());
                  }
                },
                lab.random());
        System.out.println(
            "labelled "
                + run.accounted()
                + " in "
                + Duration.between(begun, Instant.now()).toSeconds()
                + " s; committed kB "
                + TouchedHeap.parts(worker.pid())
                + "; checkpoints completed "
                + cluster.checkpoints("completed")
                + ", failed "
                + cluster.checkpoints("failed"));
        assertThat(cluster.checkpoints("restored")).as("restarts").isZero();
        lab.judge(run, recovery, 0);
        // Two for each batch that runs; none once all is labelled.
        assertThat(samples)
            .allMatch(
                sample -> sample.tensors() <= 2 * JobOptions.CONCURRENT_BATCHES.defaultValue());
        assertThat(openTensors(port)).as("open tensors after the run").isZero();
        // The first fifth is the warm-up.
        Sample warm = samples.get(4);
        Sample last = samples.get(19);
        assertThat(last.residentKilobytes()).isLessThan(warm.residentKilobytes() * 105 / 100);
        assertThat(last.threads()).isLessThan(warm.threads() * 105 / 100 + 1);
        assertThat(last.files()).as("temporary files").isLessThanOrEqualTo(warm.files());
      }
    }
  }

  private Sample sample(JavaProcess worker, int port) {
    return new Sample(
        worker.residentKilobytes(), worker.threads(), temporaryFiles(), openTensors(port));
  }

  private long temporaryFiles() {
    long[] count = new long[1];
    Await.until(
        "no file vanishes while they are counted",
        Duration.ofSeconds(30),
        () -> {
          try (Stream<Path> files = Files.walk(folder.resolve("flink/tmp"))) {
            count[0] = files.count();
          }
          return true;
        });
    return count[0];
  }

  /** The most that a task of the worker says; all tasks of a worker share one session. */
  private static long openTensors(int firstPort) {
    return IntStream.rangeClosed(firstPort, firstPort + 1)
        .mapToObj(PrometheusPage::at)
        .flatMap(String::lines)
        .filter(line -> line.matches("\\w+_framelabel_openTensors\\b.*"))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .max()
        .orElseThrow();
  }
}
