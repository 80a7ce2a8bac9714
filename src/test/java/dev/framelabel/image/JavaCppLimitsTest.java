package dev.framelabel.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.testing.cluster.TestProcess;
import java.awt.Color;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A model's session may take many times the Java heap; pictures are decoded all the same. */
class JavaCppLimitsTest {
  @Test
  void decode_processOfTenTimesItsHeap_goesOn() throws Exception {
    assertThat(
            TestProcess.run(
                SmallHeap.class, List.of("-Xmx32m", "-XX:MaxDirectMemorySize=1g"), List.of()))
        .contains("decoded beside 400 MiB");
  }

  /** The main class of the child, which gets no property of JavaCPP's. */
  static final class SmallHeap {
    private SmallHeap() {}

    public static void main(String[] arguments) throws Exception {
      List<ByteBuffer> session = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        // Java writes zeros to it, so that it is resident.
        session.add(ByteBuffer.allocateDirect(100 << 20));
      }
      ImageDecoder decoder = new ImageDecoder(16, 16, Resize.CROP, ImageLimits.DEFAULT);
      ByteBuffer pixels = ByteBuffer.allocateDirect(decoder.outputBytes());
      for (String format : List.of("jpeg", "png")) {
        decoder.decode(TestImages.encode(TestImages.plain(300, 200, Color.RED), format), pixels);
      }
      System.out.println("decoded beside " + 100 * session.size() + " MiB");
    }
  }
}
