package dev.framelabel.testing.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.framelabel.testing.cluster.AppFolder;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.testing.cluster.JavaProcess;
import dev.framelabel.testing.cluster.ProcessCluster;
import dev.framelabel.tools.demo.BrokerFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real JobManager and TaskManager processes on what the images add to Flink: the folder that
 * docker/assemble.sh fills, and docker/flink-settings.yaml. Flink's own jars come from Maven, where
 * there is no Flink distribution, and not from the images. Where the machine allows it, the
 * TaskManager's root file system is read-only, as in the containers.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ImageProcessIT {
  private static final Path BUILD = Path.of("target/framelabel").toAbsolutePath();
  private static final Path MODEL = Path.of("model/demo-xception.onnx");
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @TempDir private Path folder;

  @Test
  void everyFrameOnce_processesOnTheImagesFolder() throws Exception {
    AppFolder app = imageWithFlink();
    int metrics = BrokerFiles.freePort();
    try (ProcessCluster cluster = ProcessCluster.start(settings(app, metrics))) {
      List<String> wrapper = readOnlyRoot();
      JavaProcess worker = cluster.flink().startTaskManager(wrapper);
      cluster.flink().awaitReady(1);
      cluster.submit("--config", config());
      assertThat(
              get(
                  cluster.flink().rest().address()
                      + "/jobs/"
                      + cluster.job()
                      + "/checkpoints/config"))
          .contains("\"timeout\":77000");
      try (FaultRun run = new FaultRun(cluster, 40)) {
        Await.until("frames are labelled", LIMIT, () -> cluster.checkpoints("completed") > 3);
        FaultRun.End end = run.finish();
        assertThat(end.fresh()).matches(Verdict::exact, "exact");
        assertThat(end.fresh().labelled()).isGreaterThan(20);
      }
      // The image's reporter: the two processes share a range of ports here.
      assertThat(PrometheusPage.at(metrics) + PrometheusPage.at(metrics + 1))
          .contains("flink_taskmanager_job_task_operator_framelabel_framesIn");
      List<String> libraries = nativeLibraries(worker);
      assertThat(libraries).isNotEmpty();
      if (!wrapper.isEmpty()) {
        assertThat(libraries).allMatch(path -> path.startsWith(folder.toString()));
      }
    }
  }

  /** Links lead out of the folder: JUnit would say so of each. */
  @AfterEach
  void removeLinks() throws IOException {
    FileUtils.deleteDirectory(folder.resolve("app").toFile());
  }

  /** The image's job and native jars, beside the jars of Flink and of the broker. */
  private AppFolder imageWithFlink() throws Exception {
    Path image = folder.resolve("image");
    Process script =
        new ProcessBuilder("docker/assemble.sh", BUILD.toString(), image.toString())
            .inheritIO()
            .start();
    assertThat(script.waitFor(60, TimeUnit.SECONDS) && script.exitValue() == 0).isTrue();
    Path lib = Files.createDirectories(folder.resolve("app/lib"));
    Set<String> ofImage = new HashSet<>();
    for (Path jar : list(image.resolve("lib"))) {
      ofImage.add(jar.getFileName().toString());
      Path ignored = Files.createSymbolicLink(lib.resolve(jar.getFileName()), jar);
    }
    assertThat(ofImage).anyMatch(name -> name.startsWith("onnxruntime"));
    for (Path jar : list(BUILD.resolve("lib"))) {
      if (!ofImage.contains(jar.getFileName().toString())) {
        Path ignored = Files.createSymbolicLink(lib.resolve(jar.getFileName()), jar);
      }
    }
    return new AppFolder(folder.resolve("app"), image.resolve("usrlib/framelabel-job.jar"));
  }

  /** What docker/flink-settings.yaml says, but for the port, which other processes may have. */
  private ProcessCluster.Settings settings(AppFolder app, int metrics) throws IOException {
    Map<String, String> flink = new HashMap<>();
    new YAMLMapper()
        .readTree(Files.readString(Path.of("docker/flink-settings.yaml")))
        .properties()
        .forEach(setting -> flink.put(setting.getKey(), setting.getValue().asText()));
    assertThat(flink).containsKey("classloader.parent-first-patterns.additional");
    flink.put("metrics.reporter.prom.port", metrics + "-" + (metrics + 1));
    return ProcessCluster.Settings.usual(app, MODEL, folder.resolve("cluster"))
        .withTaskManagers(0)
        .withFlink(flink);
  }

  private String config() throws IOException {
    return Files.writeString(
            folder.resolve("framelabel.yaml"),
            """
            rest: http://elsewhere
            job:
              top-k: 3
            flink:
              execution.checkpointing.timeout: 77 s
            """)
        .toString();
  }

  /** A command that lets a process write below the test's folder only; none where it is refused. */
  private List<String> readOnlyRoot() throws Exception {
    String mounts =
        "mount --bind '%1$s' '%1$s' && mount -o remount,bind,ro / && exec \"$@\"".formatted(folder);
    List<String> wrapper = List.of("unshare", "--mount", "sh", "-c", mounts, "sh");
    boolean allowed = Files.isExecutable(Path.of("/usr/bin/unshare"));
    if (allowed) {
      Process trial =
          new ProcessBuilder(
                  Stream.concat(
                          wrapper.stream(),
                          Stream.of(
                              "sh", "-c", "! touch /usr/read-only && touch " + folder + "/trial"))
                      .toList())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      allowed = trial.waitFor(20, TimeUnit.SECONDS) && trial.exitValue() == 0;
    }
    if (!allowed) {
      System.out.println("a read-only root is not allowed here: the TaskManager runs without it");
    }
    return allowed ? wrapper : List.of();
  }

  /** ONNX Runtime's and OpenCV's libraries in a process, by where they were unpacked. */
  private static List<String> nativeLibraries(JavaProcess process) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/maps")).stream()
        .filter(line -> line.matches(".*lib(onnxruntime|opencv_core|jniopencv_core)[^/]*\\.so.*"))
        .map(line -> line.substring(line.indexOf('/')))
        .distinct()
        .toList();
  }

  private static List<Path> list(Path of) throws IOException {
    try (Stream<Path> files = Files.list(of)) {
      return files.toList();
    }
  }

  private static String get(String url) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
