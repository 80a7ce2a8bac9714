package dev.framelabel.tools.wall;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.framelabel.event.CameraStatus;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The wall beside a real broker: what it shows of transactions, how it comes through a restart. */
class WallServerIT {
  @TempDir private static Path folder;
  private static WallFixture kafka;
  private static Wall wall;
  private static Wall strict;
  private static WallClient client;
  private static WallClient strictClient;
  private static OpenApi api;

  @BeforeAll
  static void start() throws Exception {
    kafka = new WallFixture(folder);
    wall = Wall.start(WallSettings.local(kafka.client(), 0));
    strict = strictWall();
    client = new WallClient(wall);
    strictClient = new WallClient(strict);
    api = new OpenApi(client);
    WallClient.until(
        "both walls reach the broker",
        () ->
            client.get("/healthz").statusCode() == 200
                && strictClient.get("/healthz").statusCode() == 200);
  }

  private static Wall strictWall() {
    return Wall.start(
        new WallSettings(kafka.client(), LiveTopics.DEFAULT, WallSettings.LOOPBACK, 0, "", true));
  }

  @AfterAll
  static void stop() throws Exception {
    wall.close();
    strict.close();
    kafka.close();
  }

  @Test
  void openTransaction_isProvisionalHereAndUnseenThere_untilItIsCommitted() throws Exception {
    String camera = "open";
    try (KafkaProducer<byte[], byte[]> job = kafka.transaction("job-open")) {
      Frame frame = kafka.publish(camera);
      WallFixture.send(job, kafka.labelRecord(frame, "shoe", 0.9));
      WallClient.until("it is shown", () -> client.labels(camera).size() == 1);
      assertThat(client.labels(camera).get(0).path("committed").asBoolean()).isFalse();
      WallClient.until("the frame is shown", () -> !strictClient.camera(camera).isMissingNode());
      assertThat(client.camera(camera).path("committed").asBoolean(true)).isFalse();
      assertThat(strictClient.labels(camera)).isEmpty();
      assertThat(strictClient.camera(camera).has("labels")).isFalse();

      job.commitTransaction();

      WallClient.until("it is confirmed", () -> isCommitted(client, camera));
      WallClient.until("the strict wall shows it", () -> isCommitted(strictClient, camera));
      assertThat(client.labels(camera)).hasSize(1);
      assertThat(client.camera(camera).at("/labels/0/label").asText()).isEqualTo("shoe");
    }
  }

  private static boolean isCommitted(WallClient client, String camera) throws Exception {
    return client.labels(camera).at("/0/committed").asBoolean();
  }

  @Test
  void abortedTransaction_isWithdrawn_andHoldsOnceItIsDoneAgain() throws Exception {
    String camera = "aborted";
    Frame frame = kafka.publish(camera);
    try (KafkaProducer<byte[], byte[]> job = kafka.transaction("job-aborted")) {
      WallFixture.send(job, kafka.labelRecord(frame, "bag", 0.9));
      WallClient.until("it is shown", () -> client.camera(camera).has("labels"));
      job.abortTransaction();
      WallClient.until(
          "it is withdrawn", () -> client.labels(camera).at("/0/withdrawn").asBoolean());
      assertThat(client.labels(camera).at("/0/committed").asBoolean()).isFalse();
      assertThat(client.camera(camera).has("labels")).isFalse();
      try (Wall later = Wall.start(WallSettings.local(kafka.client(), 0))) {
        WallClient late = new WallClient(later);
        kafka.label(camera, "a marker", 0.9);
        WallClient.until("the later wall is there", () -> isCommitted(late, camera));
        assertThat(late.labels(camera))
            .noneMatch(
                one ->
                    one.at("/labels/0/label").asText().equals("bag")
                        && !one.path("withdrawn").asBoolean());
      }
      job.beginTransaction();
      WallFixture.send(job, kafka.labelRecord(frame, "shoe", 0.9));
      job.commitTransaction();
      WallClient.until("it is done again", () -> find(camera, frame).path("committed").asBoolean());
      assertThat(find(camera, frame).path("withdrawn").asBoolean()).isFalse();
      assertThat(find(camera, frame).at("/labels/0/label").asText()).isEqualTo("shoe");
    }
  }

  private static JsonNode find(String camera, Frame frame) throws Exception {
    for (JsonNode one : client.labels(camera)) {
      if (one.path("frame").asText().equals(frame.frameId())) {
        return one;
      }
    }
    return WallClient.NOTHING;
  }

  @Test
  void sameResultAgain_isShownAndCountedOnce() throws Exception {
    String camera = "repeated";
    Frame frame = kafka.publish(camera);
    for (int i = 0; i < 5; i++) {
      kafka.send(kafka.labelRecord(frame, "shoe", 0.9));
      kafka.reject(camera, "cut");
    }
    WallClient.until("all are there", () -> client.labels(camera).size() >= 6);
    assertThat(client.labels(camera)).hasSize(6);
    assertThat(client.camera(camera).path("rejected").asInt()).isEqualTo(5);
    long since = client.labels(camera).at("/2/capturedAt").asLong();
    assertThat(client.json("/api/labels?camera=repeated&since=" + since)).hasSizeLessThan(3);
  }

  @Test
  void answersAndEvents_withAllKindsOfData_areAsTheFileSays() throws Exception {
    String camera = "Kamera Süd <7> & \"more\"";
    try (EventReader events = new EventReader(wall)) {
      EventReader.Event snapshot = events.next("the first", event -> true);
      assertThat(snapshot.name()).isEqualTo("snapshot");
      api.check(snapshot);
      kafka.label(camera, "shoe", 0.9);
      kafka.reject(camera, "cut");
      kafka.status(camera, CameraStatus.State.LIVE, "");
      EventReader.Event tiles =
          events.next(
              "tiles with labels and status",
              event -> tile(event, camera).has("labels") && tile(event, camera).has("publisher"));
      api.check(tiles);
      api.check(events.next("a summary", event -> event.name().equals("summary")));
    }
    WallClient.until("both are there", () -> client.labels(camera).size() == 2);
    api.answer(client, 200, "/api/cameras");
    api.answer(client, 200, "/api/summary");
    api.answer(client, 200, "/healthz");
    String encoded = java.net.URLEncoder.encode(camera, java.nio.charset.StandardCharsets.UTF_8);
    api.answer(client, 200, "/api/labels?since=1&camera=" + encoded);
    String picture = client.camera(camera).path("picture").asText();
    api.answer(
        client,
        200,
        "/api/picture?frame="
            + java.net.URLEncoder.encode(picture, java.nio.charset.StandardCharsets.UTF_8));
    assertThat(client.camera(camera).path("rejected").asInt()).isEqualTo(1);
    assertThat(client.camera(camera).path("timeline")).hasSize(60);
  }

  private static JsonNode tile(EventReader.Event event, String camera) {
    for (JsonNode one : event.name().equals("tiles") ? event.data() : WallClient.NOTHING) {
      if (one.path("camera").asText().equals(camera)) {
        return one;
      }
    }
    return WallClient.NOTHING;
  }

  @Test
  void picture_rawPixels_comeAsPng() throws Exception {
    Frame raw = kafka.frame("raw");
    byte[] pixels = new byte[4 * 3 * 3];
    Image image = new Image(Image.Format.RGB24, dev.framelabel.event.Bytes.wrap(pixels), 4, 3);
    kafka.publish(new Frame("raw", raw.frameId(), raw.capturedAt(), image, Map.of(), raw.source()));
    WallClient.until("it is shown", () -> !client.camera("raw").isMissingNode());
    assertThat(
            api.answer(client, 200, "/api/picture?frame=" + raw.frameId())
                .headers()
                .firstValue("content-type"))
        .contains("image/png");
  }

  @Test
  void brokerRestart_isSaidAndComeThrough() throws Exception {
    kafka.label("before", "shoe", 0.9);
    WallClient.until("it is shown", () -> isCommitted(client, "before"));
    try (EventReader events = new EventReader(wall)) {
      kafka.stopBroker();
      JsonNode broker =
          events
              .next("broker unreachable", event -> isReachable(event, false))
              .data()
              .path("broker");
      assertThat(broker.path("fault").asText()).contains("unreachable");
      assertThat(api.answer(client, 503, "/healthz").body()).contains("unreachable");
      assertThat(client.labels("before")).hasSize(1);

      kafka.startBroker();

      events.next("broker reachable", event -> isReachable(event, true));
      kafka.label("after", "bag", 0.9);
      events.next("a tile of after", event -> tile(event, "after").path("committed").asBoolean());
    }
    api.answer(client, 200, "/healthz");
    WallClient.until("the strict wall goes on", () -> isCommitted(strictClient, "after"));
    assertThat(client.labels("before")).hasSize(1);
  }

  private static boolean isReachable(EventReader.Event event, boolean reachable) {
    return event.name().equals("summary")
        && event.data().at("/broker/reachable").asBoolean() == reachable;
  }
}
