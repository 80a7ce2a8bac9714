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
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Turns images into RGB pixels of the model's size, written into the caller's buffer. Thread-safe;
 * the calling thread does all the work. Native memory lives only while a call lasts.
 */
public final class ImageDecoder {
  private static final int CHANNELS = 3;

  /** OpenCV's flip code for each Exif orientation, after rows and columns changed places from 5. */
  private static final int[] FLIPS = {0, 0, 1, -1, 0, 0, 1, -1, 0};

  static {
    // Frames are decoded in parallel; a single one must not spread over the cores.
    opencv_core.setNumThreads(1);
  }

  private final int width;
  private final int height;
  private final Resize mode;
  private final ImageLimits limits;
  private final boolean turboJpeg;

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
    try (PointerScope scope = new PointerScope()) {
      BytePointer bytes = copy(file);
      if (turboJpeg && (header.components() == 1 || header.components() == CHANNELS)) {
        write(turboJpeg(bytes, header), target, false);
        return;
      }
      Mat encoded = new Mat(1, file.remaining(), CV_8UC1, bytes);
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
      write(bgr, target, true);
    } catch (RuntimeException e) {
      // OpenCV's exceptions come as RuntimeException with the place in its sources.
      throw BadImageException.corrupt("the decoder failed: " + firstLine(e));
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
    try (PointerScope scope = new PointerScope()) {
      write(new Mat(rawHeight, rawWidth, CV_8UC3, copy(rgb)), target, false);
    }
  }

  /** The one copy that an image is given on its way: native code cannot read Java's arrays. */
  private static BytePointer copy(ByteBuffer image) {
    BytePointer bytes = new BytePointer(image.remaining());
    return bytes.put(image.array(), image.arrayOffset() + image.position(), image.remaining());
  }

  /** The upright picture, no larger than it must be. */
  private Mat turboJpeg(BytePointer bytes, ImageHeader header) throws BadImageException {
    int eighths = eighths(header);
    Mat picture =
        new Mat(
            TurboJpeg.scaled(header.height(), eighths),
            TurboJpeg.scaled(header.width(), eighths),
            CV_8UC3);
    TurboJpeg.decode(
        bytes.address(),
        bytes.capacity(),
        header.width(),
        header.height(),
        eighths,
        picture.data().address());
    return upright(picture, header.orientation());
  }

  /** Turns and mirrors a picture as its Exif orientation says. */
  private static Mat upright(Mat picture, int orientation) {
    if (orientation == 1) {
      return picture;
    }
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
    Rect kept =
        kept(turned ? header.height() : header.width(), turned ? header.width() : header.height());
    double across = (double) width / kept.width();
    double down = (double) height / kept.height();
    double least = mode == Resize.LETTERBOX ? Math.min(across, down) : Math.max(across, down);
    int enough = Math.min(TurboJpeg.FULL, (int) Math.ceil(TurboJpeg.FULL * least));
    return enough == 1 ? 1 : 2 * Integer.highestOneBit(enough - 1);
  }

  /** The part of a picture that is shown. */
  private Rect kept(int pictureWidth, int pictureHeight) {
    if (mode != Resize.CROP) {
      return new Rect(0, 0, pictureWidth, pictureHeight);
    }
    int keptWidth =
        (int) Math.min(pictureWidth, Math.max(1, (long) pictureHeight * width / height));
    int keptHeight =
        (int) Math.min(pictureHeight, Math.max(1, (long) pictureWidth * height / width));
    return new Rect(
        (pictureWidth - keptWidth) / 2, (pictureHeight - keptHeight) / 2, keptWidth, keptHeight);
  }

  /** Where in the output the picture stands. */
  private Rect place(int pictureWidth, int pictureHeight) {
    if (mode != Resize.LETTERBOX) {
      return new Rect(0, 0, width, height);
    }
    double scale = Math.min((double) width / pictureWidth, (double) height / pictureHeight);
    int placedWidth = Math.max(1, (int) Math.round(pictureWidth * scale));
    int placedHeight = Math.max(1, (int) Math.round(pictureHeight * scale));
    return new Rect(
        (width - placedWidth) / 2, (height - placedHeight) / 2, placedWidth, placedHeight);
  }

  private void write(Mat picture, ByteBuffer target, boolean bgr) {
    Mat output = new Mat(height, width, CV_8UC3, new BytePointer(pointerTo(target)));
    Rect place = place(picture.cols(), picture.rows());
    if (mode == Resize.LETTERBOX) {
      output.put(new Scalar(0, 0, 0, 0));
    }
    Mat from = new Mat(picture, kept(picture.cols(), picture.rows()));
    Mat to = new Mat(output, place);
    // Down to a half INTER_LINEAR skips no pixel, and is much faster (docs/benchmark.md).
    boolean shrinks = from.cols() >= 2 * to.cols() || from.rows() >= 2 * to.rows();
    resize(from, to, new Size(to.cols(), to.rows()), 0, 0, shrinks ? INTER_AREA : INTER_LINEAR);
    if (bgr) {
      cvtColor(to, to, COLOR_BGR2RGB);
    }
  }

  private Pointer pointerTo(ByteBuffer target) {
    if (!target.isDirect() || target.remaining() < outputBytes()) {
      throw new IllegalArgumentException(
          "target of "
              + target.remaining()
              + " bytes"
              + (target.isDirect() ? "" : ", not direct")
              + "; expected a direct buffer of "
              + outputBytes());
    }
    BytePointer base = new BytePointer(target.duplicate().position(0));
    return base.position(target.position());
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
