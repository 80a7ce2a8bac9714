package dev.framelabel.bench;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_COLOR;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGR2RGB;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.framelabel.image.ImageDecoder;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.JpegBackend;
import dev.framelabel.image.Resize;
import dev.framelabel.image.TurboJpeg;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Size;

/** From JPEG to the model's pixels on one core, against what people write by hand. */
final class DecodeSuite {
  private static final int[][] SIZES = {{640, 480}, {1280, 720}, {1920, 1080}};
  private static final int[] SIDES = {71, 299};
  private static final int PICTURES = 16;

  private final BenchReport report;
  private final int rounds;
  private final BenchPictures pictures = new BenchPictures();

  DecodeSuite(BenchReport report, int rounds) {
    this.report = report;
    this.rounds = rounds;
  }

  void run() throws Exception {
    for (int side : SIDES) {
      for (int[] size : SIZES) {
        List<byte[]> files = new ArrayList<>();
        for (int seed = 0; seed < PICTURES; seed++) {
          files.add(pictures.jpeg(size[0], size[1], seed));
        }
        contest(side, size, files);
        if (TurboJpeg.missing().isEmpty()) {
          scaledContest(side, size, files);
        }
        pixelError(side, size, files);
      }
    }
  }

  private void contest(int side, int[] size, List<byte[]> files) throws Exception {
    ByteBuffer target = ByteBuffer.allocateDirect(side * side * 3);
    JdkDecoder jdk = new JdkDecoder(side);
    Contest contest =
        new Contest()
            .enter(
                "ImageIO + Graphics2D",
                () -> perSecond(files, file -> jdk.decode(ByteBuffer.wrap(file), target)))
            .enter(
                "OpenCV, full decode", () -> perSecond(files, file -> openCv(file, side, target)));
    for (JpegBackend backend : backends()) {
      ImageDecoder ours = decoder(side, backend);
      contest.enter(
          "Framelabel with " + backend, () -> perSecond(files, file -> ours.decode(file, target)));
    }
    String least = size[0] == 640 ? "3" : "4";
    report.contest(
        "decode",
        size[0] + " x " + size[1] + " JPEG to " + side + " x " + side,
        "frames/s, one core",
        "Framelabel at least " + least + " times ImageIO",
        contest,
        rounds);
  }

  /** Against the same library without anything around it: no check, no crop, no scaling. */
  private void scaledContest(int side, int[] size, List<byte[]> files) throws Exception {
    int eighths = Math.min(8, (8 * side + size[1] - 1) / size[1]);
    try (PointerScope scope = new PointerScope()) {
      BytePointer encoded =
          new BytePointer(files.stream().mapToInt(file -> file.length).max().orElseThrow());
      BytePointer decoded =
          new BytePointer(
              3L * TurboJpeg.scaled(size[0], eighths) * TurboJpeg.scaled(size[1], eighths));
      scaledContest(
          side,
          size,
          files,
          eighths,
          file -> {
            BytePointer ignored = encoded.put(file, 0, file.length);
            TurboJpeg.decode(
                encoded.address(), file.length, size[0], size[1], eighths, decoded.address());
          });
    }
  }

  private void scaledContest(
      int side, int[] size, List<byte[]> files, int eighths, Decode libraryAlone) throws Exception {
    ByteBuffer target = ByteBuffer.allocateDirect(side * side * 3);
    ImageDecoder ours = decoder(side, JpegBackend.TURBOJPEG);
    Contest contest =
        new Contest()
            .enter(
                "libjpeg-turbo, " + eighths + "/8 and no more",
                () -> perSecond(files, libraryAlone))
            .enter("Framelabel", () -> perSecond(files, file -> ours.decode(file, target)));
    if (Djpeg.installed()) {
      try (Djpeg djpeg = new Djpeg(files)) {
        contest.enter(
            "djpeg -scale " + eighths + "/8, a process each", () -> djpeg.perSecond(eighths));
        runScaled(side, size, contest);
      }
    } else {
      runScaled(side, size, contest);
    }
  }

  private void runScaled(int side, int[] size, Contest contest) throws Exception {
    report.contest(
        "decode",
        "scaled decoding of " + size[0] + " x " + size[1] + " to " + side + " x " + side,
        "frames/s, one core",
        "Framelabel at least 0.80 of libjpeg-turbo's scaled decoding",
        contest,
        rounds);
  }

  /** Those that this machine has. */
  static List<JpegBackend> backends() {
    return TurboJpeg.missing().isPresent()
        ? List.of(JpegBackend.OPENCV)
        : List.of(JpegBackend.OPENCV, JpegBackend.TURBOJPEG);
  }

  static ImageDecoder decoder(int side, JpegBackend backend) {
    return new ImageDecoder(side, side, Resize.CROP, ImageLimits.DEFAULT, backend);
  }

  /** One file's way. */
  @FunctionalInterface
  private interface Decode {
    void decode(byte[] file) throws Exception;
  }

  private static double perSecond(List<byte[]> files, Decode decode) throws Exception {
    long begun = System.nanoTime();
    int done = 0;
    while (System.nanoTime() - begun < 400_000_000L) {
      for (byte[] file : files) {
        decode.decode(file);
        done++;
      }
    }
    return done * 1e9 / (System.nanoTime() - begun);
  }

  /** Decodes all of a picture and shrinks its middle: the reference for accuracy. */
  static void openCv(byte[] file, int side, ByteBuffer target) {
    try (PointerScope scope = new PointerScope()) {
      Mat encoded = new Mat(1, file.length, CV_8UC1, new BytePointer(file));
      Mat decoded = imdecode(encoded, IMREAD_COLOR);
      int square = Math.min(decoded.cols(), decoded.rows());
      Rect middle =
          new Rect((decoded.cols() - square) / 2, (decoded.rows() - square) / 2, square, square);
      Mat small = new Mat();
      resize(new Mat(decoded, middle), small, new Size(side, side), 0, 0, INTER_AREA);
      cvtColor(small, small, COLOR_BGR2RGB);
      ByteBuffer pixels = small.createBuffer();
      target.put(0, pixels, 0, side * side * 3);
    }
  }

  /** How far the reduced decoding is from full decoding and the same resize. */
  private void pixelError(int side, int[] size, List<byte[]> files) throws Exception {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (JpegBackend backend : backends()) {
      rows.add(pixelError(side, backend, files));
    }
    report.addRows(
        "decode",
        "pixel error of " + size[0] + " x " + size[1] + " to " + side + " x " + side,
        "of 255",
        "",
        rows);
  }

  private static Map<String, Object> pixelError(int side, JpegBackend backend, List<byte[]> files)
      throws Exception {
    ImageDecoder ours = decoder(side, backend);
    ByteBuffer own = ByteBuffer.allocateDirect(side * side * 3);
    ByteBuffer full = ByteBuffer.allocateDirect(side * side * 3);
    double sum = 0;
    int worst = 0;
    for (byte[] file : files) {
      ours.decode(file, own);
      openCv(file, side, full);
      for (int at = 0; at < own.capacity(); at++) {
        int difference = Math.abs((own.get(at) & 0xFF) - (full.get(at) & 0xFF));
        sum += difference;
        worst = Math.max(worst, difference);
      }
    }
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", "Framelabel with " + backend + ", to full decoding");
    row.put("mean", BenchReport.round(sum / files.size() / own.capacity()));
    row.put("worst", worst);
    return row;
  }
}
