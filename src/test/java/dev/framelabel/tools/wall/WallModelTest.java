package dev.framelabel.tools.wall;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.Frame;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.TestEvents;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class WallModelTest {
  private static final Instant NOW = TestEvents.CAPTURED;

  private final WallModel model = new WallModel(Clock.fixed(NOW, ZoneOffset.UTC));

  @Test
  void outcome_unreadableEvents_areCountedOnceHoweverManyLieBetween() {
    for (boolean committed : new boolean[] {false, true, false}) {
      for (int i = 0; i < 1_000; i++) {
        model.outcome(
            ObservedResults.nameless(i),
            committed ? ObservedResults.committed(i, NOW) : ObservedResults.provisional(i, NOW));
      }
    }
    assertThat(model.summary().rejectedByKind())
        .containsEntry(RejectionKind.UNREADABLE_EVENT, 1_000L);
    assertThat(model.summary().rejectedSamples())
        .hasSize(Rejections.SAMPLES)
        .allMatch(ObservedResult::committed);
  }

  @Test
  void settled_abortedRejections_areMarkedAmongTheSamples() {
    RejectedFrame bad =
        TestEvents.frame("frame-1", new byte[1]).reject(RejectionKind.CORRUPT_IMAGE, "cut");
    model.outcome(bad, ObservedResults.provisional(1, NOW));
    model.outcome(ObservedResults.nameless(2), ObservedResults.provisional(2, NOW));
    model.settled("labels", 0, 0, 2);
    assertThat(model.summary().rejectedSamples())
        .extracting(ObservedResult::standing)
        .containsExactly(ObservedResult.Standing.PROVISIONAL, ObservedResult.Standing.WITHDRAWN);
  }

  @Test
  void outcome_provisionalWhereAllIsSettled_isNeverShown() {
    model.settled("labels", 0, 0, 5);
    model.settled("labels", 0, 5, 10);
    Frame frame = ObservedResults.frame("door", "frame-1", new byte[1], NOW);
    model.outcome(ObservedResults.labelled(frame, "shoe"), ObservedResults.provisional(3, NOW));
    assertThat(model.summary().labelled()).isZero();
    model.outcome(ObservedResults.labelled(frame, "shoe"), ObservedResults.provisional(10, NOW));
    assertThat(model.summary().labelled()).isEqualTo(1);
  }

  @Test
  void all_thousandsOfCamerasAndLargePictures_stayWithinTheirBounds() {
    byte[] picture = new byte[1 << 20];
    for (int round = 0; round < 30; round++) {
      for (int camera = 0; camera < 5_000; camera++) {
        String name = "camera-" + camera;
        Frame frame = ObservedResults.frame(name, name + "-" + round, picture, NOW);
        model.frame(frame, NOW);
        model.outcome(
            ObservedResults.labelled(frame, "shoe"),
            ObservedResults.provisional(round * 5_000L + camera, NOW));
      }
    }
    assertThat(model.summary().cameras()).isEqualTo(WallModel.MAX_CAMERAS);
    assertThat(resultsKept()).isEqualTo(WallModel.MAX_RESULTS);
    assertThat(model.pictureBytesKept())
        .isBetween(WallModel.PICTURE_BYTES / 2, WallModel.PICTURE_BYTES);
    assertThat(model.summary().unseenCameras()).isGreaterThanOrEqualTo(4_000);
    assertThat(model.summary().frames()).isEqualTo(150_000);
  }

  @Test
  void all_fewCameras_keepTheirLastHundredResults() {
    for (int i = 0; i < 10_000; i++) {
      Frame frame = ObservedResults.frame("camera-" + i % 64, "frame-" + i, new byte[1], NOW);
      model.outcome(ObservedResults.labelled(frame, "shoe"), ObservedResults.provisional(i, NOW));
    }
    assertThat(resultsKept()).isEqualTo(64 * CameraBoard.HISTORY);
  }

  @Test
  void all_namesThatAreNone_areCountedAsUnreadable() {
    String name = "x".repeat(WallModel.MAX_NAME + 1);
    model.frame(ObservedResults.frame(name, "frame", new byte[1], NOW), NOW);
    model.frame(ObservedResults.frame("door", name, new byte[1], NOW), NOW);
    model.outcome(
        ObservedResults.labelled(ObservedResults.frame(name, "frame", new byte[1], NOW), "shoe"),
        ObservedResults.committed(1, NOW));
    assertThat(model.summary().unreadable()).isEqualTo(3);
    assertThat(model.summary().cameras()).isZero();
  }

  @Test
  void pictures_oneThatIsFarTooLarge_isNotKept() {
    PictureCache pictures = new PictureCache(80_000);
    pictures.put("small", ObservedResults.frame("a", "small", new byte[5_000], NOW).image());
    pictures.put("large", ObservedResults.frame("a", "large", new byte[60_000], NOW).image());
    assertThat(pictures.contains("small")).isTrue();
    assertThat(pictures.contains("large")).isFalse();
  }

  @Test
  void pictures_withoutBytes_areBoundedToo() {
    PictureCache pictures = new PictureCache(80_000);
    for (int i = 0; i < 10_000; i++) {
      String id = "frame-" + i;
      pictures.put(id, ObservedResults.frame("a", id, new byte[0], NOW).image());
    }
    assertThat(pictures.bytes()).isLessThanOrEqualTo(80_000);
    assertThat(pictures.contains("frame-0")).isFalse();
    assertThat(pictures.contains("frame-9999")).isTrue();
  }

  @Test
  void contentType_byTheBytes_isThatOfThreeKindsOnly() {
    assertThat(type("RIFF....WEBPVP8 ")).isEqualTo("image/webp");
    assertThat(type("RIFF....WAVEfmt ")).isEmpty();
    assertThat(type("RIFF....AVI LIST")).isEmpty();
    assertThat(type("RIFF")).isEmpty();
    assertThat(type("GIF89a..........")).isEmpty();
    assertThat(type("<svg onload='x'>")).isEmpty();
    assertThat(PictureHandler.contentType(new byte[] {-1, -40, -1, -32})).isEqualTo("image/jpeg");
  }

  private static String type(String bytes) {
    return PictureHandler.contentType(bytes.getBytes(US_ASCII));
  }

  @Test
  void recentIds_asManyAsFit_areKnown() {
    RecentIds ids = new RecentIds(100);
    for (int i = 0; i < 150; i++) {
      assertThat(ids.add("frame-" + i)).isTrue();
    }
    for (int i = 50; i < 150; i++) {
      assertThat(ids.add("frame-" + i)).isFalse();
    }
    assertThat(ids.add("frame-49")).isTrue();
  }

  @Test
  void isLocal_addressesAndNames_areToldByWhereTheyLead() {
    assertThat(settings("localhost").isLocal()).isTrue();
    assertThat(settings("127.0.0.1").isLocal()).isTrue();
    assertThat(settings("127.0.0.2").isLocal()).isTrue();
    assertThat(settings("::1").isLocal()).isTrue();
    assertThat(settings("0.0.0.0").isLocal()).isFalse();
    assertThat(settings("192.0.2.1").isLocal()).isFalse();
  }

  private static WallSettings settings(String host) {
    return new WallSettings(
        java.util.Map.of(), dev.framelabel.tools.wall.LiveTopics.DEFAULT, host, 0, "", false);
  }

  private int resultsKept() {
    return model.cameras(board -> board.history().size()).stream().mapToInt(size -> size).sum();
  }
}
