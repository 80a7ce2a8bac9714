package dev.framelabel.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC4;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imencode;

import dev.framelabel.image.BadImageException.Fault;
import dev.framelabel.testing.cluster.TestProcess;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What decoding takes is what the header says, measured in a process of its own. */
class DecodeMemoryTest {
  private static final int WIDTH = 3000;
  private static final int HEIGHT = 2000;
  private static final long MIB = 1 << 20;

  /** The JVM's own, and what the allocator keeps between pieces. */
  private static final long MARGIN = 12 * MIB;

  @Test
  @EnabledOnOs(OS.LINUX)
  void decode_anyKind_takesNoMoreThanEstimated(@TempDir Path folder) throws Exception {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("warm.png", BlankPng.of(64, 64, 8, 6, false));
    pngs(files);
    jpegs(files);
    webps(files);
    List<String> arguments = new ArrayList<>();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = Files.write(folder.resolve(file.getKey()), file.getValue());
      for (String kind : kinds(file.getKey())) {
        arguments.add(kind + path);
      }
    }
    List<String> lines =
        TestProcess.run(
            DecodePeak.class,
            List.of("-Xmx96m", "-Xms96m", "-XX:+AlwaysPreTouch", "-XX:TieredStopAtLevel=1"),
            arguments);
    assertThat(lines).hasSameSizeAs(arguments);
    for (int i = 0; i < lines.size(); i++) {
      String[] fields = lines.get(i).split("\t", -1);
      String what = arguments.get(i).replace(folder.toString(), "");
      System.out.printf(
          "%-40s took %4d MiB of %4d%n",
          what, Long.parseLong(fields[0]) / MIB, Long.parseLong(fields[1]) / MIB);
      if (!what.contains("warm")) {
        assertThat(Long.parseLong(fields[0]))
            .as(what)
            .isLessThanOrEqualTo(Long.parseLong(fields[1]) + MARGIN);
        assertThat(fields[2]).as(what).isEqualTo("none");
      }
    }
  }

  private static List<String> kinds(String file) {
    if (!file.endsWith(".jpg")) {
      return List.of("opencv:64:");
    }
    List<String> kinds = new ArrayList<>(List.of("opencv:64:", "opencv:1900:"));
    if (TurboJpeg.missing().isEmpty()) {
      kinds.addAll(List.of("turbojpeg:64:", "turbojpeg:1900:"));
    }
    return kinds;
  }

  private static void pngs(Map<String, byte[]> files) throws Exception {
    int[][] depths = {{1, 2, 4, 8, 16}, {}, {8, 16}, {1, 2, 4, 8}, {8, 16}, {}, {8, 16}};
    for (int colour = 0; colour < depths.length; colour++) {
      for (int depth : depths[colour]) {
        for (boolean interlaced : new boolean[] {false, true}) {
          String name = "colour" + colour + "-" + depth + (interlaced ? "-interlaced" : "");
          files.put(name + ".png", BlankPng.of(WIDTH, HEIGHT, depth, colour, interlaced));
          if (colour == 0 || colour == 2) {
            byte[] key = BlankPng.chunk("tRNS", new byte[colour == 0 ? 2 : 6]);
            files.put(
                name + "-key.png", BlankPng.of(WIDTH, HEIGHT, depth, colour, interlaced, key));
          }
        }
      }
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    text.writeBytes(new byte[] {'x', 0, 0});
    try (DeflaterOutputStream deflated = new DeflaterOutputStream(text)) {
      deflated.write(new byte[7_000_000]);
    }
    byte[][] texts = new byte[30][];
    Arrays.fill(texts, BlankPng.chunk("zTXt", text.toByteArray()));
    files.put("texts.png", BlankPng.of(64, 64, 8, 2, false, texts));
  }

  private static void jpegs(Map<String, byte[]> files) throws Exception {
    int[] samplings = {
      opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_420,
      opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_444
    };
    for (int sampling : samplings) {
      for (int progressive = 0; progressive <= 1; progressive++) {
        byte[] file =
            encode(
                ".jpg",
                CV_8UC3,
                opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE,
                progressive,
                opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR,
                sampling);
        String name = Integer.toHexString(sampling) + (progressive == 1 ? "-progressive" : "");
        files.put(name + ".jpg", file);
        files.put(name + "-turned.jpg", Exif.withOrientation(file, 6));
      }
    }
    files.put("grey.jpg", encode(".jpg", CV_8UC1));
    files.put("inks.jpg", TestImages.inks(WIDTH, HEIGHT, false));
    files.put("inks-progressive.jpg", TestImages.inks(WIDTH, HEIGHT, true));
  }

  private static void webps(Map<String, byte[]> files) {
    int quality = opencv_imgcodecs.IMWRITE_WEBP_QUALITY;
    files.put("lossy.webp", encode(".webp", CV_8UC3, quality, 80));
    files.put("lossless.webp", encode(".webp", CV_8UC3, quality, 101));
    files.put("lossy-alpha.webp", encode(".webp", CV_8UC4, quality, 80));
    files.put("lossless-alpha.webp", encode(".webp", CV_8UC4, quality, 101));
  }

  private static byte[] encode(String format, int type, int... settings) {
    try (PointerScope scope = new PointerScope();
        Mat picture = new Mat(HEIGHT, WIDTH, type)) {
      for (int row = 0; row < HEIGHT; row++) {
        ByteBuffer pixels = picture.ptr(row).capacity(WIDTH * picture.elemSize()).asByteBuffer();
        for (int i = 0; i < pixels.capacity(); i++) {
          pixels.put(i, (byte) (row / 8 + i / 32 + (i * 7 + row * 13) % 5));
        }
      }
      BytePointer file = new BytePointer();
      assertThat(imencode(new BytePointer(format), picture, file, new IntPointer(settings)))
          .isTrue();
      byte[] bytes = new byte[(int) file.limit()];
      file.get(bytes);
      return bytes;
    }
  }

  @Test
  void decode_largePictures_areLabelledByDefault() throws Exception {
    ByteBuffer pixels = ByteBuffer.allocateDirect(16 * 16 * 3);
    ImageDecoder decoder = new ImageDecoder(16, 16, Resize.CROP, ImageLimits.DEFAULT);
    for (int colour : new int[] {0, 2, 3, 4, 6}) {
      decoder.decode(BlankPng.of(6000, 4000, 8, colour, false), pixels);
    }
    byte[] jpeg = TestImages.encode(TestImages.grey(8000, 8000), "jpeg");
    decoder.decode(jpeg, pixels);
  }

  @Test
  void decode_fewBytesMuchMemory_isTooLargeByItsHeader() throws Exception {
    ByteBuffer pixels = ByteBuffer.allocateDirect(16 * 16 * 3);
    ImageDecoder decoder = new ImageDecoder(16, 16, Resize.CROP, ImageLimits.DEFAULT);
    for (byte[] file :
        List.of(
            BlankPng.of(8000, 8000, 16, 6, false),
            BlankPng.of(8000, 8000, 1, 0, false),
            Files.readAllBytes(Path.of("src/test/resources/images/grey1_8000x8000.png")))) {
      assertThatThrownBy(() -> decoder.decode(file, pixels))
          .hasMessageContaining("8000 x 8000 pixels takes about")
          .hasMessageContaining("at most 128.0 MiB are allowed")
          .hasMessageContaining("raise --max-decode-memory")
          .extracting(failure -> ((BadImageException) failure).fault())
          .isEqualTo(Fault.IMAGE_TOO_LARGE);
    }
  }
}
