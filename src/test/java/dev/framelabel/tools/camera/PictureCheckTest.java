package dev.framelabel.tools.camera;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.Bytes;
import dev.framelabel.image.TestImages;
import java.awt.Color;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

final class PictureCheckTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void look_samePicture_isFrozenAfterTenSecondsUntilItChanges() {
    try (PictureCheck check = new PictureCheck()) {
      Bytes one = jpeg(TestFrames.noise(320, 240, 1));
      for (int second = 0; second < 10; second++) {
        assertThat(check.look(one, second * SECOND)).isEqualTo(PictureCheck.Look.FINE);
      }
      assertThat(check.look(one, 10 * SECOND)).isEqualTo(PictureCheck.Look.FROZEN);
      assertThat(check.look(jpeg(TestFrames.noise(320, 240, 2)), 11 * SECOND))
          .isEqualTo(PictureCheck.Look.FINE);
    }
  }

  @Test
  void look_samePictureEncodedAgain_isFrozen() throws Exception {
    try (PictureCheck check = new PictureCheck();
        StillDecoder decoder = new StillDecoder(0);
        JpegEncoder encoder = new JpegEncoder()) {
      byte[] one = jpeg(TestImages.halves(320, 240, Color.GRAY, Color.ORANGE)).array();
      PictureCheck.Look look = PictureCheck.Look.FINE;
      for (int second = 0; second <= 10; second++) {
        byte[] file = encoder.encode(decoder.decode(one), 1, 90 + second % 3);
        look = check.look(Bytes.wrap(file), second * SECOND);
      }
      assertThat(look).isEqualTo(PictureCheck.Look.FROZEN);
    }
  }

  @Test
  void look_smallThingMoves_isFine() {
    try (PictureCheck check = new PictureCheck()) {
      for (int second = 0; second < 30; second++) {
        BufferedImage picture = TestImages.plain(640, 480, Color.GRAY);
        picture.getGraphics().fillRect(second * 10, 100, 12, 12);
        assertThat(check.look(jpeg(picture), second * SECOND)).isEqualTo(PictureCheck.Look.FINE);
      }
    }
  }

  @Test
  void look_blackPicture_isBlackAtOnceAndDarkOneIsNot() {
    try (PictureCheck check = new PictureCheck()) {
      assertThat(check.look(jpeg(TestImages.plain(320, 240, new Color(9, 9, 9))), 0))
          .isEqualTo(PictureCheck.Look.BLACK);
      assertThat(check.look(jpeg(TestImages.plain(320, 240, new Color(60, 60, 60))), SECOND))
          .isEqualTo(PictureCheck.Look.FINE);
    }
  }

  @Test
  void look_noPicture_isNotItsBusiness() {
    try (PictureCheck check = new PictureCheck()) {
      assertThat(check.look(Bytes.wrap(new byte[] {1}), 0)).isEqualTo(PictureCheck.Look.FINE);
    }
  }

  private static Bytes jpeg(BufferedImage picture) {
    return Bytes.wrap(TestImages.encode(picture, "jpeg"));
  }
}
