package dev.framelabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.testing.cluster.ChildCommand;
import dev.framelabel.tools.clients.OutcomeReader;
import dev.framelabel.tools.demo.DeliveryTally;
import dev.framelabel.tools.demo.DemoFrames;
import dev.framelabel.tools.demo.EmbeddedBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs what is in the images that {@code .ci/images} builds: as the image's user, with a read-only
 * root. The services, their volumes and their commands are those of docker/compose.yaml, but for
 * addresses, Kafka's image and the schema registry.
 */
@Tag("distribution")
@Timeout(1200)
final class ImagesIT {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final JsonNode SERVICES = DeploymentFiles.compose().path("services");
  private static final Path MODEL = Path.of("model/demo-xception.onnx");
  private static final String REST = "http://localhost:8081";
  private static final int PICTURES = 50;

  @TempDir private Path folder;

  private final Deque<Process> started = new ArrayDeque<>();
  private EmbeddedBroker broker;

  @BeforeEach
  void startBroker() {
    assumeTrue(
        Boolean.getBoolean("images.built"), "NOT RUN: no images; .ci/images builds and tests them");
    String longest = SERVICES.at("/kafka/environment/KAFKA_TRANSACTION_MAX_TIMEOUT_MS").asText();
    broker =
        EmbeddedBroker.start(
            folder.resolve("broker"), Map.of("transaction.max.timeout.ms", longest));
  }

  @AfterEach
  void stop() throws Exception {
    while (!started.isEmpty()) {
      Process process = started.pop();
      process.destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    if (broker != null) {
      broker.close();
    }
  }

  /** Whether the command line is in its image, or in the release archive beside a Java runtime. */
  @ParameterizedTest
  @ValueSource(strings = {"framelabel-cli", "jre"})
  void commandLine_labelsFolderVideoAndHttpCamera_eachFrameOnce(String image) throws Exception {
    List<String> options = new ArrayList<>(List.of("--tmpfs", "/tmp:exec,mode=1777,size=2g"));
    if (image.equals("jre")) {
      Path archive = open("archive");
      shell("tar -xzf target/framelabel-*.tar.gz --strip-components=1 -C " + archive);
      options.addAll(List.of("--volume", archive + ":/srv:ro"));
      options.addAll(List.of("--env", "FRAMELABEL_WORK=/tmp/framelabel"));
      options.addAll(List.of("--entrypoint", "/srv/framelabel"));
    }
    Path pictures = open("pictures");
    Path reports = open("reports");
    options.addAll(List.of("--volume", pictures + ":/pictures"));
    options.addAll(List.of("--volume", reports + ":/reports"));
    Container cli = new Container(image, options, List.of());

    assertThat(cli.with("--help").run()).contains("camera", "doctor", "wall");
    cli.with("demo", "--pictures", "/pictures", "--simulated-cameras", "1").run();
    cli.with("demo", "--frames", "100", "--report", "/reports/demo.json").run();
    JsonNode report = json(Files.readString(reports.resolve("demo.json")));
    assertThat(report.path("labelled").asInt()).isEqualTo(100);
    String model = (image.equals("jre") ? "/srv/" : "/opt/framelabel/") + MODEL;
    assertThat(cli.with("model", "label", model, "/pictures/1/001.jpg").run())
        .contains(new DemoFrames().label(0));

    String at = broker.bootstrapServers();
    String kafka = "--bootstrap-servers";
    cli.with("topics", "create", kafka, at, "--replication", "1", "--partitions", "4").run();
    assertThat(cli.with("doctor", kafka, at, "--patience", "120", "--model", model).run())
        .doesNotContain("FAIL");
    cli.with("job", "run", "--local", kafka, at, "--model", model, "--device", "cpu").start();
    cli.with("wall", kafka, at).start();
    shell(
        "ffmpeg -v error -framerate 10 -i %1$s/1/%%03d.jpg -pix_fmt yuv420p %1$s/door.mp4"
            .formatted(pictures));
    cli.with("camera", kafka, at, "folder=/pictures/1", "video=/pictures/door.mp4").run();
    try (HttpCamera http = new HttpCamera(new DemoFrames().jpeg(0))) {
      Process camera =
          cli.with("camera", kafka, at, "http=" + http.address(), "--poll", "0.1").start();
      Await.until("the HTTP camera is asked", LIMIT, () -> http.answers() > 20);
      camera.destroy();
      assertThat(camera.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    Map<String, Long> labelled = awaitLabels();
    assertThat(labelled)
        .containsEntry("folder", (long) PICTURES)
        .containsEntry("video", (long) PICTURES);
    assertThat(labelled.get("http")).isGreaterThan(10);
    Await.until(
        "the wall shows the cameras",
        LIMIT,
        () -> json(get("http://localhost:8090/api/cameras")).size() == 3);
  }

  @Test
  void compose_isFollowed_eachFrameOnce() throws Exception {
    assertReadOnly("framelabel", "/opt/flink/lib/x");
    assertReadOnly("framelabel-cli", "/opt/framelabel/x");
    service("topics", "framelabel-cli").run();
    startCluster("framelabel");
    JsonNode config = json(get(REST + "/jobmanager/config"));
    Map<String, String> inForce = new TreeMap<>();
    config.forEach(entry -> inForce.put(entry.path("key").asText(), entry.path("value").asText()));
    DeploymentFiles.documents(DeploymentFiles.read(DeploymentFiles.IMAGE_SETTINGS))
        .get(0)
        .properties()
        .forEach(
            setting ->
                assertThat(inForce).containsEntry(setting.getKey(), setting.getValue().asText()));
    JsonNode worker = json(get(REST + "/taskmanagers")).at("/taskmanagers/0");
    JsonNode memory =
        json(get(REST + "/taskmanagers/" + worker.path("id").asText())).path("memoryConfiguration");
    assertThat(memory.path("taskOffHeap").asLong()).isEqualTo(1900L << 20);
    assertThat(memory.path("managedMemory").asLong()).isEqualTo(16L << 20);
    healthy("jobmanager", "framelabel");

    service("job", "framelabel").run();
    service("pictures", "framelabel-cli").run();
    service("wall", "framelabel-cli").start();
    service("cameras", "framelabel-cli").run();
    assertThat(awaitLabels())
        .isEqualTo(
            Map.of("door", (long) PICTURES, "yard", (long) PICTURES, "gate", (long) PICTURES));
    assertThat(get("http://localhost:9250/metrics"))
        .contains("flink_taskmanager_job_task_operator_framelabel_framesIn");
    healthy("wall", "framelabel-cli");
  }

  @Test
  void gpuImage_onAMachineWithoutGpu_saysWhatIsMissing() throws Exception {
    service("topics", "framelabel-cli").run();
    startCluster("framelabel-gpu");
    service("job", "framelabel-gpu").replace("cpu", "cuda").run();
    String job = json(get(REST + "/jobs")).at("/jobs/0/id").asText();
    Await.until(
        "the job says that CUDA cannot be used",
        LIMIT,
        () ->
            get(REST + "/jobs/" + job + "/exceptions")
                .contains("expected an NVIDIA driver, CUDA's libraries and cuDNN"));
  }

  private void startCluster(String image) throws Exception {
    service("jobmanager", image).start();
    service("taskmanager", image)
        // The two share the ports of this machine.
        .replace(
            "jobmanager.rpc.address", "metrics.reporter.prom.port: 9250\njobmanager.rpc.address")
        .start();
    Await.until(
        "the TaskManager is there",
        LIMIT,
        () -> json(get(REST + "/overview")).path("taskmanagers").asInt() == 1);
  }

  private void assertReadOnly(String image, String path) throws Exception {
    String told =
        shell(
            ".ci/images run %s --entrypoint sh -- -c 'id -u && ! touch %s && ! touch /tmp/x'"
                .formatted(image, path));
    assertThat(told).startsWith("9999").contains("Read-only file system");
  }

  /** The check of a service's health, in its image. */
  private void healthy(String name, String image) throws Exception {
    List<String> test = DeploymentFiles.texts(SERVICES.at("/" + name + "/healthcheck/test"));
    String command = String.join(" ", test.subList(1, test.size()));
    Await.until(
        name + " is healthy",
        LIMIT,
        () -> {
          String check = ".ci/images run %s --entrypoint sh -- -c '%s && echo healthy'";
          return shell(check.formatted(image, command)).contains("healthy");
        });
  }

  private Container service(String name, String image) throws IOException {
    JsonNode service = SERVICES.path(name);
    List<String> options = new ArrayList<>();
    DeploymentFiles.texts(service.path("tmpfs"))
        .forEach(tmpfs -> options.addAll(List.of("--tmpfs", tmpfs)));
    for (String volume : DeploymentFiles.texts(service.path("volumes"))) {
      String source = volume.replaceFirst(":.*", "");
      Path from = source.startsWith(".") ? Path.of("docker", source).toRealPath() : open(source);
      options.addAll(List.of("--volume", from + volume.substring(source.length())));
    }
    service
        .path("environment")
        .properties()
        .forEach(
            variable ->
                options.addAll(
                    List.of(
                        "--env",
                        variable.getKey()
                            + "="
                            + variable
                                .getValue()
                                .asText()
                                .replace("address: jobmanager", "address: localhost"))));
    List<String> command = new ArrayList<>(DeploymentFiles.texts(service.path("command")));
    int registry = command.indexOf("--registry");
    if (registry >= 0) {
      command.subList(registry, registry + 2).clear();
    }
    return new Container(image, options, command)
        .replace("kafka:9092", broker.bootstrapServers())
        .replace("jobmanager:8081", "localhost:8081")
        .replace("loop", "once");
  }

  /** A folder that every user may write to. */
  private Path open(String name) throws IOException {
    Path made = Files.createDirectories(folder.resolve(name));
    return Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  /** Waits for the labels of all published frames, and returns the number of each camera's. */
  private Map<String, Long> awaitLabels() {
    Map<String, Long> labelled = new TreeMap<>();
    Await.until(
        "all frames are labelled once each",
        LIMIT,
        () -> {
          DeliveryTally tally = new DeliveryTally(id -> Optional.empty());
          try (OutcomeReader reader =
              new OutcomeReader(
                  broker.client(), "labels", "rejected", IsolationLevel.READ_COMMITTED)) {
            do {
              reader
                  .poll(Duration.ofMillis(500))
                  .forEach(outcome -> tally.add(outcome, Instant.now()));
            } while (!reader.atEnd());
          }
          Map<TopicPartition, Long> published = published();
          assertThat(tally.doubled(published)).isZero();
          assertThat(tally.rejected()).isZero();
          tally.cameras().forEach(camera -> labelled.put(camera.id(), camera.labelled()));
          return tally.lost(published) == 0;
        });
    return labelled;
  }

  private Map<TopicPartition, Long> published() throws Exception {
    Map<TopicPartition, Long> ends = new HashMap<>();
    try (Admin admin = Admin.create(Map.<String, Object>copyOf(broker.client()))) {
      Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
      admin
          .describeTopics(List.of("frames"))
          .allTopicNames()
          .get()
          .get("frames")
          .partitions()
          .forEach(
              partition ->
                  latest.put(
                      new TopicPartition("frames", partition.partition()), OffsetSpec.latest()));
      admin
          .listOffsets(latest)
          .all()
          .get()
          .forEach((partition, end) -> ends.put(partition, end.offset()));
    }
    return ends;
  }

  private static String get(String url) throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(url)).build(),
                HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(url + " answers with status " + answer.statusCode());
    }
    return answer.body();
  }

  private static JsonNode json(String text) throws IOException {
    return new ObjectMapper().readTree(text);
  }

  private String shell(String command) throws Exception {
    return run(List.of("sh", "-c", command));
  }

  /** Returns what the command printed. */
  private String run(List<String> command) throws Exception {
    Path out = folder.resolve("run.txt");
    Process process = start(command, out);
    assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as("%s", command).isTrue();
    started.remove(process);
    String printed = Files.readString(out);
    assertThat(process.exitValue()).as("%s%n%s", command, printed).isZero();
    return printed;
  }

  private Process start(List<String> command, Path out) throws IOException {
    Process process =
        new ProcessBuilder(ChildCommand.endingWithParent(command))
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    started.push(process);
    return process;
  }

  /** An image with what it is started with. */
  private final class Container {
    private final String image;
    private final List<String> options;
    private final List<String> arguments;

    Container(String image, List<String> options, List<String> arguments) {
      this.image = image;
      this.options = options;
      this.arguments = arguments;
    }

    /** The same with another text in options and arguments. */
    Container replace(String text, String other) {
      UnaryOperator<String> change = word -> word.replace(text, other);
      return new Container(
          image, options.stream().map(change).toList(), arguments.stream().map(change).toList());
    }

    /** The same with other arguments. */
    Container with(String... words) {
      return new Container(image, options, List.of(words));
    }

    /** Starts what runs until the test ends. */
    Process start() throws IOException {
      return ImagesIT.this.start(command(), Files.createTempFile(folder, image, ".txt"));
    }

    /** Returns what it printed. */
    String run() throws Exception {
      return ImagesIT.this.run(command());
    }

    private List<String> command() {
      List<String> command = new ArrayList<>(List.of(".ci/images", "run", image));
      command.addAll(options);
      command.add("--");
      command.addAll(arguments);
      return command;
    }
  }

  /** An HTTP camera that answers each request with one picture. */
  private static final class HttpCamera implements AutoCloseable {
    private final HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final AtomicLong answers = new AtomicLong();

    HttpCamera(byte[] picture) throws IOException {
      server.createContext(
          "/",
          exchange -> {
            try (exchange) {
              exchange.getResponseHeaders().add("Content-Type", "image/jpeg");
              exchange.sendResponseHeaders(200, picture.length);
              exchange.getResponseBody().write(picture);
              answers.incrementAndGet();
            }
          });
      server.start();
    }

    String address() {
      return "http://127.0.0.1:" + server.getAddress().getPort() + "/snapshot.jpg";
    }

    long answers() {
      return answers.get();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
