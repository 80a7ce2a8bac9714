package dev.framelabel.image;

import static org.bytedeco.opencv.global.opencv_core.CV_16U;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.flip;
import static org.bytedeco.opencv.global.opencv_core.transpose;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_COLOR;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_REDUCED_COLOR_2;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_REDUCED_COLOR_4;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_REDUCED_COLOR_8;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_UNCHANGED;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGR2RGB;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_GRAY2BGRA;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_LINEAR;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.framelabel.image.ImageHeader.Format;
import dev.framelabel.image.Workspace.Pixels;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Turns images into RGB pixels of the model's size, written into the caller's buffer. Thread-safe;
 * the calling thread does all the work. For each thread that calls at the same time native memory
 * is kept, as much as its largest picture took, up to 16 MiB; it goes with the decoder.
 */
public final class ImageDecoder {
  private static final int CHANNELS = 3;

  /** Bytes that a thread's workspace may keep for its next picture. */
  private static final long MOST_KEPT = 16 << 20;

  /** OpenCV's flip code for each Exif orientation, after rows and columns changed places from 5. */
  private static final int[] FLIPS = {0, 0, 1, -1, 0, 0, 1, -1, 0};

  static {
    JavaCppLimits.off();
    // Frames are decoded in parallel; a single one must not spread over the cores.
    opencv_core.setNumThreads(1);
  }

  private final int width;
  private final int height;
  private final Resize mode;
  private final ImageLimits limits;
  private final boolean turboJpeg;
  private final Queue<Workspace> idle = new ConcurrentLinkedQueue<>();

  /** With libjpeg-turbo where the system has it: see {@link JpegBackend#AUTO}. */
  public ImageDecoder(int width, int height, Resize mode, ImageLimits limits) {
    this(width, height, mode, limits, JpegBackend.AUTO);
  }

  /**
   * @param width of the output, pixels
   * @param height of the output, pixels
   * @throws IllegalStateException if {@code backend} is not on this machine
   */
  public ImageDecoder(int width, int height, Resize mode, ImageLimits limits, JpegBackend backend) {
    this.turboJpeg = backend.resolve() == JpegBackend.TURBOJPEG;
    this.width = width;
    this.height = height;
    this.mode = mode;
    this.limits = limits;
  }

  /** Bytes of one output picture. */
  public int outputBytes() {
    return width * height * CHANNELS;
  }

  /** As {@link #decode(ByteBuffer, ByteBuffer)}. */
  public void decode(byte[] file, ByteBuffer target) throws BadImageException {
    decode(ByteBuffer.wrap(file), target);
  }

  /**
   * Decodes a JPEG, PNG or WebP file. Exif orientation is applied, transparency is shown over
   * black.
   *
   * @param file what remains of a buffer over an array; its position stays
   * @param target direct, {@link #outputBytes()} from its position; filled with RGB rows from the
   *     top, its position unchanged
   * @throws BadImageException if the image is at fault; the target may hold anything then
   */
  public void decode(ByteBuffer file, ByteBuffer target) throws BadImageException {
    ImageHeader header = ImageHeader.read(file, limits);
    Workspace space = take();
    try {
      if (turboJpeg && (header.components() == 1 || header.components() == CHANNELS)) {
        turboJpeg(file, header, target, space);
      } else {
        openCv(file, header, target, space);
      }
    } catch (RuntimeException e) {
      // OpenCV's exceptions come as RuntimeException with the place in its sources.
      throw BadImageException.corrupt("the decoder failed: " + firstLine(e));
    } finally {
      giveBack(space);
    }
  }

  /** Scales raw RGB pixels, rows from the top without padding; otherwise as {@link #decode}. */
  public void scale(ByteBuffer rgb, int rawWidth, int rawHeight, ByteBuffer target)
      throws BadImageException {
    int length = rgb.remaining();
    limits.checkBytes(length);
    limits.checkSize(rawWidth, rawHeight);
    long expected = (long) rawWidth * rawHeight * CHANNELS;
    if (length != expected) {
      throw BadImageException.corrupt(
          "raw image of "
              + length
              + " bytes; "
              + rawWidth
              + " x "
              + rawHeight
              + " RGB pixels take "
              + expected);
    }
    Workspace space = take();
    try {
      long rowBytes = (long) rawWidth * CHANNELS;
      write(
          new Pixels(space.copy(rgb).address(), rawWidth, rawHeight, rowBytes),
          target,
          false,
          space);
    } finally {
      giveBack(space);
    }
  }

  private Workspace take() {
    Workspace space = idle.poll();
    return space == null ? new Workspace() : space;
  }

  private void giveBack(Workspace space) {
    if (space.bytes() > MOST_KEPT) {
      space.close();
    } else {
      idle.add(space);
    }
  }

  private void openCv(ByteBuffer file, ImageHeader header, ByteBuffer target, Workspace space)
      throws BadImageException {
    try (PointerScope scope = new PointerScope()) {
      Mat encoded = new Mat(1, file.remaining(), CV_8UC1, space.copy(file));
      Mat decoded = imdecode(encoded, header.alpha() ? IMREAD_UNCHANGED : flags(header));
      if (decoded.empty()) {
        throw BadImageException.corrupt(
            "the "
                + header.format()
                + " decoder refused the data of a "
                + header.width()
                + " x "
                + header.height()
                + " image");
      }
      Mat bgr = header.alpha() ? overBlack(decoded) : decoded;
      write(Pixels.of(bgr), target, true, space);
    }
  }

  private void turboJpeg(ByteBuffer file, ImageHeader header, ByteBuffer target, Workspace space)
      throws BadImageException {
    int eighths = eighths(header);
    Pixels picture =
        space.pixels(
            TurboJpeg.scaled(header.width(), eighths), TurboJpeg.scaled(header.height(), eighths));
    TurboJpeg.decode(
        space.copy(file).address(),
        file.remaining(),
        header.width(),
        header.height(),
        eighths,
        picture.address());
    if (header.orientation() == 1) {
      write(picture, target, false, space);
      return;
    }
    try (PointerScope scope = new PointerScope()) {
      Mat upright = upright(space.whole(picture), header.orientation());
      write(Pixels.of(upright), target, false, space);
    }
  }

  /** Turns and mirrors a picture as its Exif orientation, from 2, says. */
  private static Mat upright(Mat picture, int orientation) {
    Mat turned = picture;
    if (orientation >= 5) {
      turned = new Mat();
      transpose(picture, turned);
    }
    if (orientation == 5) {
      return turned;
    }
    Mat upright = new Mat();
    flip(turned, upright, FLIPS[orientation]);
    return upright;
  }

  /** Lets OpenCV's JPEG decoder leave out detail that the output has no room for. */
  private int flags(ImageHeader header) {
    if (header.format() != Format.JPEG) {
      return IMREAD_COLOR;
    }
    return switch (eighths(header)) {
      case 1 -> IMREAD_REDUCED_COLOR_8;
      case 2 -> IMREAD_REDUCED_COLOR_4;
      case 4 -> IMREAD_REDUCED_COLOR_2;
      default -> IMREAD_COLOR;
    };
  }

  /**
   * The fewest eighths of a JPEG's size at which the output still has a pixel for each of its own:
   * 1, 2, 4 or 8. The others have no vector code in libjpeg-turbo and cost more than the next.
   */
  private int eighths(ImageHeader header) {
    boolean turned = header.orientation() >= 5;
    Area kept =
        kept(turned ? header.height() : header.width(), turned ? header.width() : header.height());
    double across = (double) width / kept.width();
    double down = (double) height / kept.height();
    double least = mode == Resize.LETTERBOX ? Math.min(across, down) : Math.max(across, down);
    int enough = Math.min(TurboJpeg.FULL, (int) Math.ceil(TurboJpeg.FULL * least));
    return enough == 1 ? 1 : 2 * Integer.highestOneBit(enough - 1);
  }

  /** A rectangle, in pixels. */
  private record Area(int left, int top, int width, int height) {}

  /** The part of a picture that is shown. */
  private Area kept(int pictureWidth, int pictureHeight) {
    if (mode != Resize.CROP) {
      return new Area(0, 0, pictureWidth, pictureHeight);
    }
    int keptWidth =
        (int) Math.min(pictureWidth, Math.max(1, (long) pictureHeight * width / height));
    int keptHeight =
        (int) Math.min(pictureHeight, Math.max(1, (long) pictureWidth * height / width));
    return new Area(
        (pictureWidth - keptWidth) / 2, (pictureHeight - keptHeight) / 2, keptWidth, keptHeight);
  }

  /** Where in the output the picture stands. */
  private Area place(int pictureWidth, int pictureHeight) {
    if (mode != Resize.LETTERBOX) {
      return new Area(0, 0, width, height);
    }
    double scale = Math.min((double) width / pictureWidth, (double) height / pictureHeight);
    int placedWidth = Math.max(1, (int) Math.round(pictureWidth * scale));
    int placedHeight = Math.max(1, (int) Math.round(pictureHeight * scale));
    return new Area(
        (width - placedWidth) / 2, (height - placedHeight) / 2, placedWidth, placedHeight);
  }

  private void write(Pixels picture, ByteBuffer target, boolean bgr, Workspace space) {
    Pixels output = new Pixels(addressOf(target), width, height, (long) width * CHANNELS);
    Area kept = kept(picture.columns(), picture.rows());
    Area place = place(picture.columns(), picture.rows());
    if (mode == Resize.LETTERBOX) {
      space.blacken(output);
    }
    Mat from = space.from(picture.part(kept.left(), kept.top(), kept.width(), kept.height()));
    Mat to = space.to(output.part(place.left(), place.top(), place.width(), place.height()));
    // Down to a half INTER_LINEAR skips no pixel, and is much faster (docs/project/benchmark.md).
    boolean shrinks = kept.width() >= 2 * place.width() || kept.height() >= 2 * place.height();
    resize(from, to, space.toSize(), 0, 0, shrinks ? INTER_AREA : INTER_LINEAR);
    if (bgr) {
      cvtColor(to, to, COLOR_BGR2RGB);
    }
  }

  private long addressOf(ByteBuffer target) {
    if (!target.isDirect() || target.remaining() < outputBytes()) {
      throw new IllegalArgumentException(
          "target of "
              + target.remaining()
              + " bytes"
              + (target.isDirect() ? "" : ", not direct")
              + "; expected a direct buffer of "
              + outputBytes());
    }
    return new BytePointer(target.duplicate().position(0)).address() + target.position();
  }

  /**
   * Multiplies colours by their alpha: the picture as it shows over black. 8 or 16 bits, grey or
   * colour.
   */
  private static Mat overBlack(Mat decoded) {
    Mat source = decoded;
    if (source.depth() == CV_16U) {
      Mat eight = new Mat();
      source.convertTo(eight, opencv_core.CV_8U, 1.0 / 257, 0);
      source = eight;
    }
    if (source.channels() == 1) {
      Mat colour = new Mat();
      cvtColor(source, colour, COLOR_GRAY2BGRA);
      source = colour;
    }
    if (source.channels() == CHANNELS) {
      return source;
    }
    Mat bgr = new Mat(source.rows(), source.cols(), CV_8UC3);
    ByteBuffer in = source.createBuffer();
    ByteBuffer out = bgr.createBuffer();
    for (int pixel = 0; pixel < source.rows() * source.cols(); pixel++) {
      int alpha = in.get(4 * pixel + 3) & 0xFF;
      for (int channel = 0; channel < CHANNELS; channel++) {
        int value = in.get(4 * pixel + channel) & 0xFF;
        out.put(CHANNELS * pixel + channel, (byte) ((value * alpha + 127) / 255));
      }
    }
    return bgr;
  }

  private static String firstLine(RuntimeException e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }
}
