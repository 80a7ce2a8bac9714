package dev.framelabel.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.framelabel.image.BadImageException.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Both decoders give one verdict on each picture of a folder, and the pixels that Pillow shows
 * where {@code model/picture_reference.py} has made its {@code reference.tsv}. {@code
 * -Dframelabel.pictures=FOLDER} takes another folder than the tests' own pictures.
 */
class DecoderPicturesTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("framelabel.pictures", "src/test/resources"));

  private static final int SIDE = 32;

  /** Mean difference of a quadrant, of 255. */
  private static final double TOLERANCE = 2;

  private static final ImageLimits LIMITS = ImageLimits.DEFAULT;

  /** The exception: OpenCV does not tell of it (docs/guides/security.md). */
  private static final String BIT_ERROR = "a code that does not exist";

  private final List<String> bitErrors = new ArrayList<>();
  private final List<String> differences = new ArrayList<>();
  private final Map<String, Integer> verdicts = new TreeMap<>();
  private final Map<String, Reference> references = new HashMap<>();
  private double mostOfBoth;
  private double mostOfReference;
  private int compared;

  /** Size to decode to, and the quadrants' colours; none where Pillow refuses the picture. */
  private record Reference(int width, int height, List<Double> means) {
    static final Reference NONE = new Reference(SIDE, SIDE, List.of());

    static Reference of(String[] fields) {
      if (fields.length != 15) {
        return NONE;
      }
      return new Reference(
          Integer.parseInt(fields[1]),
          Integer.parseInt(fields[2]),
          Arrays.stream(fields).skip(3).map(Double::valueOf).toList());
    }
  }

  /** What a decoder says of a picture: its quadrants' colours, or its fault. */
  private record Verdict(Optional<Fault> fault, List<Double> means, String why) {
    String kind() {
      return fault.map(Fault::name).orElse("labelled");
    }
  }

  @Test
  void decode_allPicturesOfAFolder_areAlikeForBothDecoders() throws Exception {
    assumeTrue(
        TurboJpeg.missing().isEmpty(), "NOT RUN: one decoder only, libturbojpeg is not installed");
    readReferences();
    try (Stream<Path> files = Files.walk(FOLDER)) {
      for (Path file : files.filter(DecoderPicturesTest::isPicture).sorted().toList()) {
        compare(FOLDER.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    System.out.printf(
        Locale.ROOT,
        "pictures: %s; bit errors that OpenCV lets pass: %s; most between decoders: %.2f;"
            + " %d compared with Pillow, most: %.2f%n",
        verdicts,
        bitErrors,
        mostOfBoth,
        compared,
        mostOfReference);
    assertThat(differences).as("of %s", verdicts).isEmpty();
  }

  private void readReferences() throws IOException {
    Path table = FOLDER.resolve("reference.tsv");
    if (Files.exists(table)) {
      for (String line : Files.readAllLines(table)) {
        String[] fields = line.split("\t");
        references.put(fields[0], Reference.of(fields));
      }
    }
  }

  private static boolean isPicture(Path file) {
    return Files.isRegularFile(file)
        && file.toString().toLowerCase(Locale.ROOT).matches(".*\\.(jpe?g|png|webp)");
  }

  private void compare(String name, byte[] file) {
    Reference reference = references.getOrDefault(name, Reference.NONE);
    Verdict openCv = decode(JpegBackend.OPENCV, file, reference);
    Verdict turbo = decode(JpegBackend.TURBOJPEG, file, reference);
    verdicts.merge(openCv.kind(), 1, Integer::sum);
    if (openCv.fault().isEmpty() && turbo.why().contains(BIT_ERROR)) {
      bitErrors.add(name);
      return;
    }
    if (!openCv.fault().equals(turbo.fault())) {
      differences.add(name + ": opencv " + openCv.why() + ", turbojpeg " + turbo.why());
      return;
    }
    if (openCv.fault().isPresent()) {
      return;
    }
    mostOfBoth = Math.max(mostOfBoth, difference(name + ", both", openCv, turbo.means()));
    if (!reference.means().isEmpty()) {
      compared++;
      mostOfReference =
          Math.max(mostOfReference, difference(name + ", Pillow", openCv, reference.means()));
    }
  }

  private double difference(String what, Verdict verdict, List<Double> expected) {
    double most = 0;
    for (int i = 0; i < expected.size(); i++) {
      most = Math.max(most, Math.abs(verdict.means().get(i) - expected.get(i)));
    }
    if (most > TOLERANCE) {
      differences.add("%s: %.2f".formatted(what, most));
    }
    return most;
  }

  private static Verdict decode(JpegBackend backend, byte[] file, Reference size) {
    int width = size.width();
    int height = size.height();
    ByteBuffer pixels = ByteBuffer.allocateDirect(width * height * 3);
    try {
      new ImageDecoder(width, height, Resize.STRETCH, LIMITS, backend).decode(file, pixels);
    } catch (BadImageException e) {
      return new Verdict(Optional.of(e.fault()), List.of(), e.getMessage());
    }
    double[] sums = new double[12];
    int[] counts = new int[12];
    for (int i = 0; i < pixels.capacity(); i++) {
      int right = i / 3 % width * 2 / width;
      int low = i / 3 / width * 2 / height;
      int at = 3 * (2 * low + right) + i % 3;
      sums[at] += pixels.get(i) & 0xFF;
      counts[at]++;
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] /= Math.max(1, counts[i]);
    }
    return new Verdict(Optional.empty(), Arrays.stream(sums).boxed().toList(), "labels");
  }
}
