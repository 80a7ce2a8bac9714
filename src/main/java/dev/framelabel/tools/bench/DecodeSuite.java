package dev.framelabel.tools.bench;

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
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Suite for decoding, from JPEG to the model's pixels on one core, against hand-written decoders.
 */
public final class DecodeSuite {
  private static final int[][] SIZES = {{640, 480}, {1280, 720}, {1920, 1080}};
  private static final int[] SIDES = {71, 299};
  private static final int PICTURES = 16;

  private final BenchReport report;
  private final int rounds;

  DecodeSuite(BenchReport report, int rounds) {
    this.report = report;
    this.rounds = rounds;
  }

  void run() throws Exception {
    forEachSize(this::contest);
  }

  /** Action on a combination of a target's side and a picture's size. */
  @FunctionalInterface
  public interface SizeAction {
    /**
     * Handles the pictures of one size, for a square target of {@code side} pixels.
     *
     * @param size width and height of the pictures
     * @param files JPEGs of that size
     */
    void on(int side, int[] size, List<byte[]> files) throws Exception;
  }

  /** Calls the action with each combination of the suite, one after another. */
  public static void forEachSize(SizeAction action) throws Exception {
    BenchPictures pictures = new BenchPictures();
    for (int side : SIDES) {
      for (int[] size : SIZES) {
        List<byte[]> files = new ArrayList<>();
        for (int seed = 0; seed < PICTURES; seed++) {
          files.add(pictures.jpeg(size[0], size[1], seed));
        }
        action.on(side, size, files);
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

  /** Returns the JPEG decoders that this machine has. */
  public static List<JpegBackend> backends() {
    return TurboJpeg.missing().isPresent()
        ? List.of(JpegBackend.OPENCV)
        : List.of(JpegBackend.OPENCV, JpegBackend.TURBOJPEG);
  }

  /** Returns a decoder that crops to a square. */
  public static ImageDecoder decoder(int side, JpegBackend backend) {
    return new ImageDecoder(side, side, Resize.CROP, ImageLimits.DEFAULT, backend);
  }

  /** Decoder of one file. */
  @FunctionalInterface
  public interface Decode {
    void decode(byte[] file) throws Exception;
  }

  /** Decodes the files again and again for 0.4 s, and returns files per second. */
  public static double perSecond(List<byte[]> files, Decode decode) throws Exception {
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
  public static void openCv(byte[] file, int side, ByteBuffer target) {
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
}
