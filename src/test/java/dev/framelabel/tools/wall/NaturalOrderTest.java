package dev.framelabel.tools.wall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.TestEvents;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NaturalOrderTest {
  private static final NaturalOrder ORDER = new NaturalOrder();
  private static final int TRIES = 200_000;

  /** Digits of many scripts, digits that are no decimals, characters outside the first plane. */
  private static final int[] ODD = {
    '0', '1', '9', 'a', '-', 0x6F2, 0x663, 0x967, 0xFF11, 0xB2, 0x2460, 0x1D7D9, 0xD800, 0x1F600
  };

  @Test
  void compare_numbers_areInTheOrderOfPeople() {
    List<String> names =
        new ArrayList<>(List.of("camera-10", "camera-2", "2-yard", "10-yard", "۲-باغ", "camera"));
    names.sort(ORDER);
    assertThat(names)
        .containsExactly("2-yard", "10-yard", "camera", "camera-2", "camera-10", "۲-باغ");
  }

  /** What sorting needs: otherwise it may throw, or lose the order. */
  @Test
  void compare_anyUnicodeNames_isATotalOrder() {
    Random random = new Random(9);
    for (int i = 0; i < TRIES; i++) {
      String a = name(random);
      String b = name(random);
      String c = name(random);
      int order = Integer.signum(ORDER.compare(a, b));
      assertThat(Integer.signum(ORDER.compare(b, a))).isEqualTo(-order);
      assertThat(order == 0).isEqualTo(a.equals(b));
      if (order <= 0 && ORDER.compare(b, c) <= 0) {
        assertThat(ORDER.compare(a, c)).as("%s, %s, %s", a, b, c).isLessThanOrEqualTo(0);
      }
    }
  }

  @Test
  void cameras_anyUnicodeNames_areShownInOrderWithinTheBounds() {
    Instant now = TestEvents.CAPTURED;
    WallModel model = new WallModel(Clock.fixed(now, ZoneOffset.UTC));
    Random random = new Random(10);
    for (int i = 0; i < 5_000; i++) {
      String name = name(random);
      model.frame(ObservedResults.frame(name + i, name + "-" + i, new byte[10], now), now);
    }
    List<String> shown = model.cameras(CameraBoard::cameraId);
    assertThat(shown)
        .hasSize(WallModel.MAX_CAMERAS)
        .doesNotHaveDuplicates()
        .isSortedAccordingTo(ORDER);
    assertThat(model.summary().unseenCameras()).isEqualTo(4_000);
    assertThat(model.cameras(board -> WallJson.write(WallJson.camera(board, now))))
        .hasSize(WallModel.MAX_CAMERAS);
  }

  private static String name(Random random) {
    StringBuilder name = new StringBuilder();
    for (int left = 1 + random.nextInt(6); left > 0; left--) {
      name.appendCodePoint(
          random.nextInt(4) == 0
              ? random.nextInt(Character.MAX_CODE_POINT + 1)
              : ODD[random.nextInt(ODD.length)]);
    }
    return name.toString();
  }
}
