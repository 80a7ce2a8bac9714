package dev.framelabel.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.Label;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.TestImages;
import dev.framelabel.testing.cluster.AppFolder;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.testing.cluster.JavaProcess;
import dev.framelabel.testing.cluster.ProcessCluster;
import dev.framelabel.tools.clients.FramePublisher;
import dev.framelabel.tools.clients.OutcomeReader;
import dev.framelabel.tools.demo.BrokerFiles;
import java.awt.Color;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.IsolationLevel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Images of an object store: an S3 server, Kafka and Flink as processes, and Flink's S3 plugin in
 * the TaskManager's plugins folder. One task, which reads one image at a time.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ObjectStoreIT {
  private static final Path FETCHED = Path.of("target/s3").toAbsolutePath();
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final int MAX_IMAGE_BYTES = 100_000;
  private static final byte[] PICTURE = TestImages.jpeg(64, 48, Color.BLUE);
  private static final String PLACE = "s3://images/frames/";

  @TempDir private static Path folder;
  private static JavaProcess store;
  private static String address;
  private static ProcessCluster cluster;
  private static FramePublisher publisher;
  private static OutcomeReader reader;
  private static final Map<String, Outcome> OUTCOMES = new HashMap<>();
  private static int published;

  @BeforeAll
  static void start() throws Exception {
    startStore();
    for (String name : List.of("S%C3%BCd+1%20a.jpg", "folder/b.jpg", "other.jpg")) {
      put("/images/frames/" + name, PICTURE);
    }
    put("/images/elsewhere/a.jpg", PICTURE);
    put("/images/frames/large.jpg", new byte[MAX_IMAGE_BYTES + 1]);
    ProcessCluster.Settings settings =
        ProcessCluster.Settings.usual(
                new AppFolder(Path.of("target/framelabel")),
                Path.of("model/demo-xception.onnx"),
                folder.resolve("cluster"))
            .withTaskManagers(0)
            .withFlink(
                Map.of(
                    "s3.endpoint", address,
                    "s3.path.style.access", "true",
                    "s3.access-key", "reader",
                    "s3.secret-key", "secret"));
    cluster = ProcessCluster.start(settings);
    JavaProcess ignored =
        cluster
            .flink()
            .startTaskManager(List.of("env", "FLINK_PLUGINS_DIR=" + FETCHED.resolve("plugins")));
    cluster.flink().awaitReady(1);
    cluster.submit(
        1,
        "",
        "--image-uri-prefixes",
        PLACE + ",s3://nowhere/frames/",
        "--image-uri-threads",
        "1",
        "--max-batch-size",
        "2",
        "--in-flight",
        "4",
        "--max-image-size",
        MAX_IMAGE_BYTES + " b");
    Map<String, String> client = cluster.broker().client();
    publisher = new FramePublisher(client, ProcessCluster.FRAMES, 1 << 20);
    reader =
        new OutcomeReader(
            client, ProcessCluster.LABELS, ProcessCluster.REJECTED, IsolationLevel.READ_COMMITTED);
    // The first image also loads the plugin, which may take longer than one image may.
    Await.until("an image of the store is labelled", LIMIT, () -> labelled(PLACE + "other.jpg"));
  }

  private static void startStore() throws IOException {
    int port = BrokerFiles.freePort();
    address = "http://127.0.0.1:" + port;
    store =
        JavaProcess.start(
            new JavaProcess.Command(
                "store",
                FETCHED.resolve("server/s3mock.jar").toString(),
                List.of("-Xmx192m", "-Djava.io.tmpdir=" + Files.createDirectories(tmp())),
                List.of(
                    "org.springframework.boot.loader.launch.JarLauncher",
                    "--http.port=" + port,
                    "--server.address=127.0.0.1",
                    "--server.port=" + BrokerFiles.freePort()),
                Map.of(),
                List.of()),
            folder);
    Await.until(
        "the store answers (" + store.log() + ")", LIMIT, () -> put("/images", new byte[0]));
  }

  private static Path tmp() {
    return folder.resolve("store-tmp");
  }

  @AfterAll
  static void end() {
    if (reader != null) {
      reader.close();
      publisher.close();
    }
    if (cluster != null) {
      cluster.close();
    }
    if (store != null) {
      store.kill();
    }
  }

  @Test
  void imageOfTheStore_isLabelledAsTheSameBytesAre() throws Exception {
    List<Label> sent = labels(outcome(publish(Image.encoded(PICTURE))));
    assertThat(labels(outcome(publish(Image.reference(PLACE + "S%C3%BCd+1%20a.jpg")))))
        .isEqualTo(sent);
  }

  @Test
  void whatIsWrong_isItsKind() throws Exception {
    assertRejected(PLACE + "missing.jpg", RejectionKind.IMAGE_NOT_FOUND, "no file is at s3:");
    assertRejected(PLACE + "folder", RejectionKind.IMAGE_NOT_FOUND, "is a folder");
    assertRejected(PLACE + "folder/", RejectionKind.IMAGE_NOT_FOUND, PLACE + "folder/");
    assertRejected(PLACE, RejectionKind.IMAGE_NOT_FOUND, PLACE);
    assertRejected(PLACE + "large.jpg", RejectionKind.IMAGE_TOO_LARGE, "--max-image-size allows");
    assertRejected("s3://images/elsewhere/a.jpg", RejectionKind.IMAGE_URI_REFUSED, "in none of");
    assertRejected("s3://others/frames/a.jpg", RejectionKind.IMAGE_URI_REFUSED, "in none of");
    assertRejected("s3://nowhere/frames/a.jpg", RejectionKind.IMAGE_READ_FAILED, "NoSuchBucket");
    assertThat(labelled(PLACE + "other.jpg")).isTrue();
  }

  /** The job's one reading thread must be free again for the image after those that hang. */
  @Test
  void storeThatDoesNotAnswer_isATimeOutOfItsFramesOnly() throws Exception {
    store.signal("STOP");
    try {
      String first = publish(Image.reference(PLACE + "other.jpg"));
      String second = publish(Image.reference(PLACE + "other.jpg"));
      for (String frame : List.of(first, second)) {
        RejectedFrame rejected = (RejectedFrame) outcome(frame);
        assertThat(rejected.kind()).isEqualTo(RejectionKind.IMAGE_READ_TIMEOUT);
        assertThat(rejected.reason()).contains("--image-uri-timeout 10000 ms");
      }
    } finally {
      store.signal("CONT");
    }
    Await.until("images are read again", LIMIT, () -> labelled(PLACE + "other.jpg"));
    assertThat(cluster.checkpoints("restored")).isZero();
  }

  private static void assertRejected(String uri, RejectionKind kind, String reason)
      throws Exception {
    RejectedFrame rejected = (RejectedFrame) outcome(publish(Image.reference(uri)));
    assertThat(rejected.kind()).as(rejected.reason()).isEqualTo(kind);
    assertThat(rejected.reason()).contains(reason);
    assertThat(rejected.original()).isEqualTo(Image.reference(uri).bytes());
  }

  private static boolean labelled(String uri) throws Exception {
    return outcome(publish(Image.reference(uri))) instanceof LabelledFrame;
  }

  private static List<Label> labels(Outcome outcome) {
    assertThat(outcome).isInstanceOf(LabelledFrame.class);
    return ((LabelledFrame) outcome).labels();
  }

  /** A new frame's id. */
  private static String publish(Image image) {
    String id = "frame-" + ++published;
    Frame frame = TestEvents.frame(id, PICTURE).withImage(image);
    publisher.publish(frame).join();
    return id;
  }

  private static Outcome outcome(String frame) {
    Await.until(
        "frame " + frame + " has its result (logs in " + folder + ")",
        LIMIT,
        () -> {
          reader.poll(Duration.ofMillis(200)).forEach(one -> OUTCOMES.put(one.frameId(), one));
          return OUTCOMES.containsKey(frame);
        });
    return OUTCOMES.get(frame);
  }

  private static boolean put(String path, byte[] content) throws Exception {
    assertThat(store.alive()).isTrue();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + path))
            .PUT(HttpRequest.BodyPublishers.ofByteArray(content))
            .build();
    return HttpClient.newHttpClient()
            .send(request, HttpResponse.BodyHandlers.discarding())
            .statusCode()
        == 200;
  }
}
