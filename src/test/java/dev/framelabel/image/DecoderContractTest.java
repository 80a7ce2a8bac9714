package dev.framelabel.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.framelabel.image.BadImageException.Fault;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whichever decoder a machine has, a picture gets the same verdict, and the pixels that Pillow 12
 * and later show. Without libturbojpeg only OpenCV is tested.
 */
class DecoderContractTest {
  private static final Path PICTURES = Path.of("src/test/resources/images/contract");
  private static final int SIDE = 32;

  /** Mean difference of a quadrant, of 255. */
  private static final double TOLERANCE = 2;

  private static List<JpegBackend> backends() {
    return TurboJpeg.missing().isEmpty()
        ? List.of(JpegBackend.OPENCV, JpegBackend.TURBOJPEG)
        : List.of(JpegBackend.OPENCV);
  }

  static List<String> references() throws Exception {
    return Files.readAllLines(PICTURES.resolve("reference.tsv")).stream()
        .filter(line -> !line.startsWith("#"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("references")
  void decode_anyKind_isWhatPillowShows(String reference) throws Exception {
    String[] fields = reference.split("\t", -1);
    byte[] file = Files.readAllBytes(PICTURES.resolve(fields[0]));
    for (JpegBackend backend : backends()) {
      double[] means = TestImages.quadrants(decode(backend, file));
      for (int i = 0; i < means.length; i++) {
        assertThat(means[i])
            .as("%s: channel %d of quadrant %d", backend, i % 3, i / 3)
            .isCloseTo(Double.parseDouble(fields[i + 1]), within(TOLERANCE));
      }
    }
  }

  /** JPEGs of which all rows are there. */
  static Stream<Path> jpegs() throws Exception {
    try (Stream<Path> files = Files.list(PICTURES)) {
      return files.filter(file -> file.toString().endsWith(".jpg")).toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("jpegs")
  void decode_jpegWithoutItsRows_isCorruptForBoth(Path picture) throws Exception {
    byte[] whole = Files.readAllBytes(picture);
    int begin = scan(whole);
    int end = last(whole);
    for (int part = 0; part < 19; part++) {
      byte[] cut = Arrays.copyOf(whole, begin + (end - begin) * part / 20);
      assertFault(picture + " without an end, " + cut.length, cut, Fault.CORRUPT_IMAGE);
      byte[] ended = Arrays.copyOf(cut, cut.length + 2);
      ended[cut.length] = (byte) 0xFF;
      ended[cut.length + 1] = (byte) 0xD9;
      if (picture.toString().contains("progressive")) {
        // The cut may lie between two scans: then all rows are there, with less detail.
        assertThat(backends().stream().map(backend -> fault(backend, ended)).distinct())
            .as("%s cut to %d", picture, cut.length)
            .hasSize(1);
      } else {
        assertFault(picture + " cut to " + cut.length, ended, Fault.CORRUPT_IMAGE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("jpegs")
  void decode_jpegWithoutItsEnd_isWhole(Path picture) throws Exception {
    byte[] whole = Files.readAllBytes(picture);
    byte[] cut = Arrays.copyOf(whole, last(whole));
    for (byte[] tail :
        List.of(new byte[0], new byte[500], "SEFH 0 1 2".getBytes(StandardCharsets.US_ASCII))) {
      byte[] file = join(cut, tail);
      for (JpegBackend backend : backends()) {
        assertThat(TestImages.quadrants(decode(backend, file)))
            .containsExactly(TestImages.quadrants(decode(backend, whole)), within(0.001));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("jpegs")
  void decode_strayBytesBeforeMarkers_areNoDamage(Path picture) throws Exception {
    byte[] whole = Files.readAllBytes(picture);
    for (int at = 2; at + 1 < whole.length; at++) {
      int next = whole[at + 1] & 0xFF;
      boolean marker = whole[at] == (byte) 0xFF && (next == 0xD9 || next == 0xDB || next == 0xDA);
      if (marker) {
        byte[] file = join(Arrays.copyOf(whole, at), join(new byte[] {0, 10, 13}, tail(whole, at)));
        for (JpegBackend backend : backends()) {
          assertThat(TestImages.quadrants(decode(backend, file)))
              .as("%s: before byte %d", backend, at)
              .containsExactly(TestImages.quadrants(decode(backend, whole)), within(0.001));
        }
      }
    }
  }

  /** What a camera's lost packet leaves out: the rest of an interval, in the midst of a picture. */
  @Test
  void decode_intervalWithoutItsRest_isCorruptForBoth() throws Exception {
    for (String name : List.of("restart.jpg", "restart_rows.jpg")) {
      byte[] whole = Files.readAllBytes(PICTURES.resolve(name));
      List<Integer> markers = new ArrayList<>();
      for (int at = scan(whole); at + 1 < whole.length; at++) {
        if (whole[at] == (byte) 0xFF && (whole[at + 1] & 0xF8) == 0xD0) {
          markers.add(at);
        }
      }
      assertThat(markers).hasSizeGreaterThan(2);
      int begin = markers.get(0) + 2;
      byte[] file = join(Arrays.copyOf(whole, begin + 2), tail(whole, markers.get(1)));
      assertFault(name, file, Fault.CORRUPT_IMAGE);
    }
  }

  @Test
  void decode_otherProcesses_areUnsupported() throws Exception {
    byte[] whole = Files.readAllBytes(PICTURES.resolve("baseline_444.jpg"));
    for (int process : new int[] {0xC3, 0xC5, 0xC9, 0xCA}) {
      byte[] other = whole.clone();
      for (int at = 2; at + 1 < scan(whole); at++) {
        if (other[at] == (byte) 0xFF && other[at + 1] == (byte) 0xC0) {
          other[at + 1] = (byte) process;
        }
      }
      assertFault("process " + process, other, Fault.UNSUPPORTED_FORMAT);
    }
  }

  private static void assertFault(String what, byte[] file, Fault fault) {
    for (JpegBackend backend : backends()) {
      assertThat(fault(backend, file)).as("%s: %s", backend, what).contains(fault);
    }
  }

  private static Optional<Fault> fault(JpegBackend backend, byte[] file) {
    try {
      ByteBuffer ignored = decode(backend, file);
      return Optional.empty();
    } catch (BadImageException e) {
      return Optional.of(e.fault());
    }
  }

  private static ByteBuffer decode(JpegBackend backend, byte[] file) throws BadImageException {
    ByteBuffer pixels = ByteBuffer.allocateDirect(SIDE * SIDE * 3);
    new ImageDecoder(SIDE, SIDE, Resize.STRETCH, ImageLimits.DEFAULT, backend).decode(file, pixels);
    return pixels;
  }

  /** Behind the header of the first scan. */
  private static int scan(byte[] jpeg) {
    for (int at = 2; at + 1 < jpeg.length; at++) {
      if (jpeg[at] == (byte) 0xFF && jpeg[at + 1] == (byte) 0xDA) {
        return at + 2 + (jpeg[at + 2] << 8 | jpeg[at + 3]);
      }
    }
    throw new AssertionError("no scan");
  }

  /** Where the end marker is, or, without one, where the vendor's tail begins. */
  private static int last(byte[] jpeg) {
    for (int at = jpeg.length - 2; at > 0; at--) {
      if (jpeg[at] == (byte) 0xFF && jpeg[at + 1] == (byte) 0xD9) {
        return at;
      }
    }
    return new String(jpeg, StandardCharsets.ISO_8859_1).lastIndexOf("SEFH");
  }

  private static byte[] tail(byte[] bytes, int from) {
    return Arrays.copyOfRange(bytes, from, bytes.length);
  }

  private static byte[] join(byte[] first, byte[] second) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(first);
    both.writeBytes(second);
    return both.toByteArray();
  }
}
