package dev.framelabel.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.testing.chaos.FrameLoad;
import dev.framelabel.testing.cluster.AppFolder;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.testing.cluster.FlinkProbe;
import dev.framelabel.testing.cluster.ProcessCluster;
import dev.framelabel.testing.cluster.SimulatedJob;
import dev.framelabel.tools.bench.SimulatedAccelerator;
import dev.framelabel.tools.demo.BrokerFiles;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands that look at, run and stop a job, and its monitoring, on real processes. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ClusterCommandsIT {
  private static final Path MODEL = Path.of("model/demo-xception.onnx").toAbsolutePath();
  private static final int REPORTER_PORTS = 4;
  private static final int IN_FLIGHT_KILOBYTES = 64;
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final SimulatedAccelerator DEVICE =
      new SimulatedAccelerator(71, 10, Duration.ZERO, Duration.ofMillis(50));

  @TempDir private static Path folder;
  private static int reporterPort;
  private static ProcessCluster cluster;
  private static String rest;
  private static String config;

  private record Result(int status, String out) {}

  @BeforeAll
  static void startCluster() throws Exception {
    reporterPort = BrokerFiles.freePort();
    cluster =
        ProcessCluster.start(
            ProcessCluster.Settings.usual(
                    new AppFolder(Path.of("target/framelabel")), MODEL, folder.resolve("cluster"))
                .withTaskManagers(1)
                .withFlink(
                    Map.of(
                        "metrics.reporter.prom.factory.class",
                        "org.apache.flink.metrics.prometheus.PrometheusReporterFactory",
                        "metrics.reporter.prom.port",
                        reporterPort + "-" + (reporterPort + REPORTER_PORTS - 1))));
    rest = cluster.flink().rest().address();
    config =
        Files.writeString(
                folder.resolve("framelabel.yaml"),
                "bootstrap-servers: "
                    + cluster.broker().bootstrapServers()
                    + "\nrest: "
                    + rest
                    + "\njob:\n  model: "
                    + MODEL
                    + "\n  device: cpu\n  intra-op-threads: 1\n  decode-threads: 1\n"
                    + "  checkpoint-interval: 1 s\njob-run:\n  parallelism: 2\n")
            .toString();
  }

  @AfterAll
  static void endCluster() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  @Order(1)
  void doctor_clusterThatFits_findsNothing() {
    Result result = run("doctor", "--config", config);
    assertThat(result.out()).contains("Nothing failed.", "OK       class loading", "10 classes");
    assertThat(result.status()).isZero();
  }

  @Test
  @Order(2)
  void doctor_limitsThatDoNotFit_saysEachCureAndFails() {
    Result result =
        run(
            "doctor",
            "--config",
            config,
            "--transaction-timeout=2 h",
            "--max-record-size=5 mb",
            "--rejected-topic=nowhere",
            "--model=missing.onnx",
            "--rest=http://127.0.0.1:1");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out())
        .contains(
            "transaction.max.timeout.ms on the brokers",
            "Raise max.message.bytes of the topic to 5242880",
            "topic nowhere: the topic does not exist (--rejected-topic)",
            "model file missing.onnx is not there",
            "http://127.0.0.1:1/overview does not answer",
            "5 failed.");
  }

  @Test
  @Order(3)
  void doctor_noBroker_saysSo() {
    Result result =
        run(
            "doctor",
            "--bootstrap-servers=127.0.0.1:1",
            "--patience=2",
            "--device=cpu",
            "--model=" + MODEL);
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out()).contains("no answer from Kafka at 127.0.0.1:1", "1 failed.");
  }

  @Test
  @Order(4)
  void topicsCreate_keepsFramesShorterThanResults() {
    Result result =
        run(
            "topics",
            "create",
            "--config",
            config,
            "--topics=new-frames,new-labels",
            "--frames-topic=new-frames",
            "--frames-retention=6 h",
            "--replication=1",
            "--partitions=1");
    assertThat(result.out())
        .contains(
            "new-frames: created, keeps records of up to 1000000 bytes for 6 h",
            "new-labels: created, keeps records of up to 1000000 bytes for 7 d");
    assertThat(run("topics", "create", "--config", config, "--topics=new-labels").out())
        .contains("new-labels: exists already");
  }

  @Test
  @Order(5)
  void job_runSavepointStopAndRunAgain_goesOn() throws Exception {
    FlinkProbe flink = new FlinkProbe(rest);
    assertThat(run("job", "run", "--config", config).status()).isZero();
    String job = flink.liveJobs().get(0);
    Await.until("the job runs", LIMIT, () -> flink.allTasksRun(job));
    try (FrameLoad load =
        new FrameLoad(cluster.broker().client(), ProcessCluster.FRAMES, 4, 40).start()) {
      load.poisonEvery(10);
      Await.until("a checkpoint", LIMIT, () -> flink.checkpoints(job, "completed") > 2);
      Await.until(
          "latency is reported",
          LIMIT,
          () ->
              Monitoring.scrape(reporterPort, REPORTER_PORTS)
                  .contains("framelabel_group_latencyMillis{"));
      Monitoring.checkNames(Monitoring.scrape(reporterPort, REPORTER_PORTS));
      // The first session of a new worker: it holds the weights at least.
      double session = metric("operator_framelabel_modelLoadBytes", job);
      assertThat(session).isGreaterThan((double) Files.size(MODEL));
      assertThat(metric("operator_framelabel_residentBytes", job)).isGreaterThan(session);
      if (Prometheus.installed()) {
        Monitoring.checkQueries(folder.resolve("prometheus"), reporterPort, REPORTER_PORTS);
      } else {
        System.out.println("prometheus is not on the PATH: the dashboard's queries are not run");
      }
      load.stop();
    }
    String target = folder.resolve("savepoints").toUri().toString();
    Result saved = run("job", "savepoint", "--config", config, "--to=" + target, job);
    assertThat(lastLine(saved)).startsWith("file:").contains("savepoint-");
    Result stopped = run("job", "stop", "--config", config, "--to=" + target);
    assertThat(stopped.status()).as(stopped.out()).isZero();
    assertThat(flink.liveJobs()).isEmpty();

    Result again = run("job", "run", "--config", config, "--savepoint=" + lastLine(stopped));
    assertThat(again.out()).contains("submitted to " + rest);
    String next = flink.liveJobs().get(0);
    Await.until("the job runs again", LIMIT, () -> flink.allTasksRun(next));
    assertThat(flink.checkpoints(next, "restored")).isEqualTo(1);
    flink.cancel(next);
    assertThat(run("job", "stop", "--config", config).status()).isEqualTo(2);
  }

  @Test
  @Order(6)
  void jobRun_localAndBounded_labelsInThisProcessAndEnds() {
    Result result =
        run(
            "job",
            "run",
            "--config",
            config,
            "--local",
            "--bounded",
            "--group-id=local",
            "--transactional-id-prefix=local");
    assertThat(result.status()).as(result.out()).isZero();
  }

  @Test
  @Order(7)
  void jobRun_wrongValues_areRefusedBeforeTheyAreSent() {
    assertThat(run("job", "run", "--config", config, "--max-batch-size=0").status()).isEqualTo(2);
    assertThat(run("job", "run", "--config", config, "--batchsize=2").status()).isEqualTo(2);
    assertThat(run("job", "run", "--config", config, "--jar=nothing.jar").status()).isEqualTo(2);
  }

  /** What the autoscaler of Flink's Kubernetes operator reads: busyTimeMsPerSecond of a task. */
  @Test
  @Order(8)
  void busyTime_deviceAtFullAndAtAFifthOfItsLoad_tellsThemApart() throws Exception {
    FlinkProbe flink = new FlinkProbe(rest);
    Path jar =
        SimulatedJob.jar(
            Path.of("target/framelabel/framelabel-job.jar"), folder.resolve("simulated-job.jar"));
    String full = runSimulated("busy-full", flink, jar);
    String fifth = runSimulated("busy-fifth", flink, jar);
    Map<String, String> client = cluster.broker().client();
    double capacity = DEVICE.capacity(1);
    try (FrameLoad much = new FrameLoad(client, "busy-full", 4, capacity * 2).start();
        FrameLoad little = new FrameLoad(client, "busy-fifth", 4, capacity / 5).start()) {
      Await.until(
          "the full device is busy, and both jobs have run for 20 s",
          LIMIT.multipliedBy(3),
          () ->
              metric("operator_framelabel_framesLabelled", fifth) >= 20 * capacity / 5
                  && metric("busyTimeMsPerSecond", full) >= 900);
      double reported = metric("busyTimeMsPerSecond", fifth);
      double device = metric("operator_framelabel_deviceBusyRatio", fifth);
      System.out.printf(
          "busy ms/s: full %.0f (device %.2f), a fifth %.0f (device %.2f)%n",
          metric("busyTimeMsPerSecond", full),
          metric("operator_framelabel_deviceBusyRatio", full),
          reported,
          device);
      assertThat(reported).isLessThanOrEqualTo(400);
      assertThat(device).isBetween(0.05, 0.5);
      assertThat(metric("operator_framelabel_deviceBusyRatio", full)).isGreaterThan(0.9);
      // What comes at twice the device's speed waits in Kafka; the task holds what it may hold.
      for (int look = 0; look < 10; look++) {
        Await.pause(Duration.ofMillis(500));
        assertThat(metric("operator_framelabel_inFlightFrames", full)).isBetween(1.0, 16.0);
        assertThat(metric("operator_framelabel_inFlightBytes", full))
            .isBetween(1.0, IN_FLIGHT_KILOBYTES * 1024.0);
      }
      String inFlight = "classify.framelabel.inFlightFrames";
      Await.until(
          "Flink's own interface says the same",
          LIMIT,
          () -> flink.largest(full, List.of(inFlight)).getOrDefault(inFlight, 0.0) >= 1);
      assertThat(flink.largest(full, List.of(inFlight)))
          .containsOnlyKeys(inFlight)
          .allSatisfy((name, frames) -> assertThat(frames).isLessThanOrEqualTo(16.0));
      assertThat(flink.largest(full, List.of(inFlight, "nothing"))).isEmpty();
      much.stop();
      little.stop();
    }
    flink.cancel(full);
    flink.cancel(fifth);
  }

  /** Runs a job on an accelerator that takes 50 ms for each frame: 20 frames per second. */
  private static String runSimulated(String name, FlinkProbe flink, Path jar) {
    String topics = String.join(",", name, name + "-labels", name + "-rejected");
    assertThat(
            run("topics", "create", "--config", config, "--topics", topics, "--replication=1")
                .status())
        .isZero();
    Result result =
        run(
            "job",
            "run",
            "--config",
            config,
            "--parallelism=1",
            "--jar=" + jar,
            "--model=" + SimulatedJob.model(DEVICE),
            "--max-batch-size=4",
            "--in-flight-size=" + IN_FLIGHT_KILOBYTES + " kb",
            "--frames-topic=" + name,
            "--labels-topic=" + name + "-labels",
            "--rejected-topic=" + name + "-rejected",
            "--group-id=" + name,
            "--transactional-id-prefix=" + name);
    assertThat(result.status()).as(result.out()).isZero();
    String job = result.out().substring(0, result.out().indexOf(':'));
    Await.until(name + " runs", LIMIT, () -> flink.allTasksRun(job));
    return job;
  }

  /** A metric of a job's tasks now; the largest where there are several, 0 where there is none. */
  private static double metric(String name, String job) {
    return Monitoring.scrape(reporterPort, REPORTER_PORTS)
        .lines()
        .filter(line -> line.startsWith("flink_taskmanager_job_task_" + name + "{"))
        .filter(line -> line.contains(job) && line.contains("classify"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .max()
        .orElse(0);
  }

  /** Progress comes before it, on the error output. */
  private static String lastLine(Result result) {
    return result.out().strip().lines().reduce("", (before, line) -> line);
  }

  private static Result run(String... arguments) {
    StringWriter out = new StringWriter();
    var line = FramelabelCommand.line(Map.of(), arguments);
    PrintWriter writer = new PrintWriter(out);
    line.setOut(writer);
    line.setErr(writer);
    int status = line.execute(arguments);
    System.out.println(List.of(arguments) + " -> " + status + System.lineSeparator() + out);
    return new Result(status, out.toString());
  }
}
