package dev.framelabel.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.image.Workspace.Pixels;
import java.awt.Color;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What one picture leaves in native memory does not show in the next. */
class WorkspaceTest {
  private static final int SIDE = 24;

  private static List<byte[]> files() {
    List<byte[]> files = new ArrayList<>();
    for (int[] size : new int[][] {{640, 480}, {20, 30}, {64, 64}, {1000, 50}, {30, 20}}) {
      var picture = TestImages.halves(size[0], size[1], Color.RED, Color.BLUE);
      byte[] jpeg = TestImages.encode(picture, "jpeg");
      files.add(jpeg);
      files.add(TestImages.encode(picture, "png"));
      files.add(Exif.withOrientation(jpeg, 6));
      files.add(Exif.withOrientation(jpeg, 3));
    }
    return files;
  }

  private static ByteBuffer decode(ImageDecoder decoder, byte[] file) {
    ByteBuffer pixels = ByteBuffer.allocateDirect(decoder.outputBytes());
    try {
      decoder.decode(file, pixels);
    } catch (BadImageException e) {
      throw new AssertionError(e);
    }
    return pixels;
  }

  private static ImageDecoder decoder(Resize resize) {
    return new ImageDecoder(SIDE, SIDE, resize, ImageLimits.DEFAULT);
  }

  @ParameterizedTest
  @EnumSource(Resize.class)
  void decode_allKindsByOneDecoder_areAsFromAFreshOne(Resize resize) throws Exception {
    ImageDecoder used = decoder(resize);
    byte[] rgb = new byte[3 * 7 * 5];
    for (byte[] file : files()) {
      assertThat(decode(used, file)).isEqualTo(decode(decoder(resize), file));
      ByteBuffer raw = ByteBuffer.allocateDirect(used.outputBytes());
      used.scale(ByteBuffer.wrap(rgb), 7, 5, raw);
      assertThat(raw).isEqualTo(ByteBuffer.allocate(used.outputBytes()));
    }
  }

  /** A scope frees what is made while it is open; the decoder keeps what it needs. */
  @Test
  void decode_withinAScopeOfTheCallers_leavesTheDecoderWhole() {
    ImageDecoder used = decoder(Resize.CROP);
    for (byte[] file : files()) {
      try (PointerScope scope = new PointerScope()) {
        decode(used, file);
      }
      assertThat(decode(used, file)).isEqualTo(decode(decoder(Resize.CROP), file));
    }
  }

  @Test
  void decode_byManyThreadsAtOnce_isAsAlone() {
    ImageDecoder shared = decoder(Resize.LETTERBOX);
    List<byte[]> files = files();
    List<ByteBuffer> alone =
        files.stream().map(file -> decode(decoder(Resize.LETTERBOX), file)).toList();
    List<CompletableFuture<ByteBuffer>> together =
        IntStream.range(0, 10 * files.size())
            .mapToObj(i -> files.get(i % files.size()))
            .map(file -> CompletableFuture.supplyAsync(() -> decode(shared, file)))
            .toList();
    for (int i = 0; i < together.size(); i++) {
      assertThat(together.get(i).join()).isEqualTo(alone.get(i % alone.size()));
    }
  }

  @Test
  void pixels_growAndStay() {
    try (Workspace space = new Workspace()) {
      Pixels small = space.pixels(10, 10);
      long least = space.bytes();
      assertThat(space.pixels(20, 5).address()).isEqualTo(small.address());
      assertThat(space.bytes()).isEqualTo(least);
      Pixels large = space.pixels(1000, 1000);
      assertThat(space.bytes()).isBetween(3_000_000L, 6_000_000L);
      assertThat(space.pixels(10, 10).address()).isEqualTo(large.address());
    }
  }
}
