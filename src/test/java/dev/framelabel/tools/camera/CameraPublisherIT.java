package dev.framelabel.tools.camera;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.CameraStatus;
import dev.framelabel.event.CameraStatus.State;
import dev.framelabel.event.Frame;
import dev.framelabel.image.TestImages;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.tools.camera.CameraSettings.Repeat;
import dev.framelabel.tools.demo.BrokerFiles;
import dev.framelabel.tools.demo.EmbeddedBroker;
import java.awt.Color;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Cameras of every kind that a bare machine has, and a real broker. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CameraPublisherIT {
  private static final int LIMIT = 60_000;

  @TempDir private static Path folder;
  private EmbeddedBroker broker;
  private CameraServer server;

  @BeforeAll
  void start() throws Exception {
    broker = EmbeddedBroker.start(folder.resolve("broker"));
    server = new CameraServer();
    server.stream(
        "/video",
        20,
        file -> "Content-Length: " + file.length + "\r\n",
        TestImages.jpeg(64, 48, Color.RED),
        TestImages.jpeg(64, 48, Color.BLUE));
    server.stream(
        "/black",
        20,
        file -> "Content-Length: " + file.length + "\r\n",
        TestImages.jpeg(64, 48, Color.BLACK));
    server.stream(
        "/same",
        20,
        file -> "Content-Length: " + file.length + "\r\n",
        TestImages.jpeg(64, 48, Color.GREEN));
    server.on(
        "/now.jpg",
        exchange -> CameraServer.answer(exchange, 200, TestImages.jpeg(64, 48, Color.PINK)));
    server.hang("/hangs");
  }

  @AfterAll
  void stop() {
    server.close();
    broker.close();
  }

  @Test
  void run_folderOnce_publishesEveryPictureInOrderAndEnds() throws Exception {
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    for (int picture = 100; picture < 220; picture++) {
      Files.write(
          pictures.resolve(picture + ".png"),
          TestImages.encode(TestFrames.noise(200, 150, picture), "png"));
    }
    Files.write(pictures.resolve("broken.png"), new byte[100_000]);
    CameraSettings camera =
        new CameraSettings(
            "archive",
            pictures.toString(),
            0,
            Repeat.ONCE,
            PictureSettings.AS_IT_COMES,
            1,
            Map.of("site", "Köln"));
    try (CameraWatch watch = new CameraWatch(broker.client(), "a", LIMIT)) {
      List<CameraStatus> last = publisher("a", camera).run(statuses -> {});

      assertThat(last.get(0).state()).isEqualTo(State.ENDED);
      assertThat(last.get(0).framesIn()).isEqualTo(121);
      assertThat(last.get(0).framesOut()).isEqualTo(120);
      assertThat(last.get(0).dropped()).isEqualTo(1);
      assertThat(last.get(0).lastError())
          .contains("skipped broken.png: it is no picture: 100000 bytes, begins with 00 00");
      List<Frame> frames = watch.awaitFrames(120);
      assertThat(frames).allMatch(frame -> frame.attributes().equals(Map.of("site", "Köln")));
      assertThat(frames).allMatch(frame -> frame.image().bytes().length() <= LIMIT);
      assertThat(frames.stream().map(CameraPublisherIT::number).toList()).isSorted();
      watch.awaitState("archive", State.ENDED);
    }
  }

  @Test
  void run_videoFileLooped_beginsAgainUntilItIsStopped() throws Exception {
    byte[][] pictures = {TestImages.jpeg(64, 48, Color.RED), TestImages.jpeg(64, 48, Color.BLUE)};
    Path video = folder.resolve("video.mjpeg");
    Files.write(video, pictures[0]);
    Files.write(video, pictures[1], StandardOpenOption.APPEND);
    CameraSettings camera =
        new CameraSettings(
            "film", video.toString(), 0, Repeat.LOOP, PictureSettings.AS_IT_COMES, 1, Map.of());
    try (CameraWatch watch = new CameraWatch(broker.client(), "d", LIMIT)) {
      CameraPublisher publisher = publisher("d", camera);
      Thread running = start(publisher);
      List<Frame> frames;
      try {
        frames = List.copyOf(watch.awaitFrames(9));
      } finally {
        publisher.stop();
        running.join(30_000);
      }
      assertThat(running.isAlive()).isFalse();
      for (int i = 0; i < frames.size(); i++) {
        assertThat(frames.get(i).image().bytes().array()).isEqualTo(pictures[i % 2]);
      }
      assertThat(frames.stream().map(Frame::frameId)).doesNotHaveDuplicates();
      CameraStatus last = watch.awaitState("film", State.ENDED);
      assertThat(last.framesIn()).isEqualTo(last.framesOut() + last.dropped());
      assertThat(last.lastError()).isEmpty();
    }
  }

  @Test
  void run_liveCameras_tellTheirStatesAndDoNotHarmEachOther() throws Exception {
    try (CameraWatch watch = new CameraWatch(broker.client(), "b", LIMIT)) {
      CameraPublisher publisher =
          publisher(
              "b",
              camera("mjpeg", "/video", 5),
              camera("black", "/black", 0),
              camera("same", "/same", 10),
              camera("polled", "/now.jpg", 0),
              camera("hangs", "/hangs", 0),
              camera("gone", "/gone?password=secret", 0));
      Thread running = start(publisher);
      try {
        watch.awaitState("mjpeg", State.LIVE);
        watch.awaitState("black", State.BLACK);
        watch.awaitState("polled", State.LIVE);
        watch.awaitState("gone", State.LOST);
        watch.awaitState("hangs", State.LOST);
        watch.awaitState("same", State.FROZEN);
      } finally {
        publisher.stop();
        running.join(30_000);
      }
      assertThat(running.isAlive()).isFalse();
      CameraStatus mjpeg = watch.awaitState("mjpeg", State.ENDED);
      assertThat(mjpeg.framesOut()).isPositive();
      assertThat(mjpeg.dropped()).isGreaterThan(mjpeg.framesOut());
      assertThat(mjpeg.framesIn()).isEqualTo(mjpeg.framesOut() + mjpeg.dropped());
      assertThat(watch.status("gone").lastError()).contains("status 404").doesNotContain("secret");
      assertThat(watch.status("gone").source()).doesNotContain("secret");
      assertThat(watch.status("gone").reconnects()).isPositive();
      assertThat(watch.status("polled").clockSkewMillis()).isPresent();
      assertThat(watch.frames().stream().map(Frame::cameraId).collect(Collectors.toSet()))
          .containsExactlyInAnyOrder("mjpeg", "black", "same", "polled");
      assertThat(Topics.setting(broker.client(), "b-cameras", "cleanup.policy"))
          .isEqualTo("compact");
    }
  }

  @Test
  void run_noBroker_goesOnDropsAndCounts() throws Exception {
    PublishSettings settings =
        new PublishSettings(
            Map.of(
                "bootstrap.servers", "127.0.0.1:" + BrokerFiles.freePort(), "max.block.ms", "1000"),
            "c",
            "c-cameras",
            60_000,
            100_000,
            false,
            AddressGuard.STRICT);
    CameraPublisher publisher =
        new CameraPublisher(settings, List.of(camera("mjpeg", "/video", 0)));
    CountDownLatch dropping = new CountDownLatch(3);
    CompletableFuture<List<CameraStatus>> running =
        CompletableFuture.supplyAsync(
            () -> run(publisher, statuses -> countDrops(statuses, dropping)));

    assertThat(dropping.await(60, TimeUnit.SECONDS)).isTrue();
    publisher.stop();
    CameraStatus last = running.get(60, TimeUnit.SECONDS).get(0);
    assertThat(last.framesOut()).isZero();
    assertThat(last.dropped()).isPositive().isEqualTo(last.framesIn());
    assertThat(last.lastError()).contains("the broker did not take a frame");
  }

  /** The only thread that sends frames dies: nobody may believe that the camera is well. */
  @Test
  void run_senderDies_endsLostAndSaysWhy() throws Exception {
    Map<String, String> client = new HashMap<>(broker.client());
    client.put("interceptor.classes", DeadlyInterceptor.class.getName());
    PublishSettings settings =
        new PublishSettings(
            client, "dying", "dying-cameras", 60_000, 16 << 20, false, AddressGuard.STRICT);
    CameraPublisher publisher =
        new CameraPublisher(settings, List.of(camera("mjpeg", "/video", 0)));
    try (CameraWatch watch = new CameraWatch(broker.client(), "dying", LIMIT)) {
      CameraStatus last =
          CompletableFuture.supplyAsync(() -> run(publisher, statuses -> {}))
              .get(60, TimeUnit.SECONDS)
              .get(0);
      assertThat(last.state()).isEqualTo(State.LOST);
      assertThat(last.lastError()).contains("framelabel-camera-sender has died", "no room left");
      assertThat(last.framesIn()).isEqualTo(last.framesOut() + last.dropped());
      assertThat(watch.awaitState("mjpeg", State.LOST).lastError()).contains("no room left");
    }
  }

  /** Kafka lets an Error through. */
  public static final class DeadlyInterceptor implements ProducerInterceptor<Object, Object> {
    @Override
    public ProducerRecord<Object, Object> onSend(ProducerRecord<Object, Object> sent) {
      if (sent.topic().equals("dying")) {
        throw new OutOfMemoryError("no room left");
      }
      return sent;
    }

    @Override
    public void onAcknowledgement(RecordMetadata metadata, Exception failure) {
      // Nothing to do.
    }

    @Override
    public void close() {
      // Nothing to close.
    }

    @Override
    public void configure(Map<String, ?> settings) {
      // Nothing to set.
    }
  }

  private static void countDrops(List<CameraStatus> statuses, CountDownLatch dropping) {
    if (statuses.get(0).dropped() > 0 && statuses.get(0).state() == State.LIVE) {
      dropping.countDown();
    }
  }

  private CameraSettings camera(String id, String path, double fps) {
    return new CameraSettings(
        id, server.address(path), fps, Repeat.ONCE, PictureSettings.AS_IT_COMES, 0.2, Map.of());
  }

  private CameraPublisher publisher(String topic, CameraSettings... cameras) {
    return new CameraPublisher(
        new PublishSettings(
            broker.client(), topic, topic + "-cameras", 0, 16 << 20, false, AddressGuard.STRICT),
        List.of(cameras));
  }

  static Thread start(CameraPublisher publisher) {
    Thread running = new Thread(() -> run(publisher, statuses -> {}));
    running.start();
    return running;
  }

  private static List<CameraStatus> run(
      CameraPublisher publisher, Consumer<List<CameraStatus>> progress) {
    try {
      return publisher.run(progress);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int number(Frame frame) {
    String id = frame.frameId();
    return Integer.parseInt(id.substring(id.lastIndexOf('-') + 1));
  }
}
