package dev.framelabel.camera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VideoSourceTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"mpeg4", "mjpeg"})
  void read_videoFile_givesEachPictureAsJpeg(String codec) throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/ffmpeg")),
        "SKIPPED: the test video is made by the package ffmpeg, which is missing here");
    Path video = folder.resolve("test.avi");
    Process made =
        new ProcessBuilder(
                "/usr/bin/ffmpeg",
                "-v",
                "error",
                "-f",
                "lavfi",
                "-i",
                "testsrc=size=160x120:rate=10:duration=1",
                "-c:v",
                codec,
                video.toString())
            .inheritIO()
            .start();
    assertThat(made.waitFor()).isZero();
    List<byte[]> pictures = new ArrayList<>();
    new VideoSource(video.toString(), CameraAddress.Kind.FILE).read(pictures::add, () -> false);
    assertThat(pictures).hasSize(10).allSatisfy(p -> assertThat(p).startsWith(0xFF, 0xD8, 0xFF));
  }

  @Test
  void read_noVideo_isLostWithReason() throws Exception {
    Path text = Files.writeString(folder.resolve("text.avi"), "no video");
    assertThatThrownBy(
            () ->
                new VideoSource(text.toString(), CameraAddress.Kind.FILE)
                    .read(picture -> {}, () -> false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("text.avi");
  }

  @Test
  void mask_password_isHidden() {
    assertThat(CameraAddress.mask("rtsp://me:secret@door/1?key=k"))
        .isEqualTo("rtsp://***@door/1?***");
  }

  @Test
  void refuseLinkLocal_metadataAddress_isRefused() {
    assertThatThrownBy(() -> CameraAddress.refuseLinkLocal("http://169.254.169.254/latest"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
