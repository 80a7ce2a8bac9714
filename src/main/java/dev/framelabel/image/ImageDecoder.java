package dev.framelabel.image;

import static org.bytedeco.opencv.global.opencv_core.CV_16U;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.flip;
import static org.bytedeco.opencv.global.opencv_core.transpose;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_COLOR;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_REDUCED_COLOR_2;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_REDUCED_COLOR_4;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_REDUCED_COLOR_8;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_UNCHANGED;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGR2RGB;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_LINEAR;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.framelabel.image.ImageHeader.ByteReader;
import dev.framelabel.image.ImageHeader.Format;
import dev.framelabel.image.ImageHeader.Jpeg;
import dev.framelabel.image.Resampler.Span;
import dev.framelabel.image.Workspace.Pixels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Decoder of images to RGB pixels of the model's size, written into the caller's buffer.
 * Thread-safe; the calling thread does all the work, and takes at most {@link
 * ImageLimits#maxDecodeBytes} of native memory for it. For each thread that calls at the same time
 * memory is kept, as much as its largest picture took, up to 16 MiB; it goes with the decoder.
 */
public final class ImageDecoder {
  private static final int CHANNELS = 3;

  /** Bytes that a thread's workspace may keep for its next picture. */
  private static final long MOST_KEPT = 16 << 20;

  /** Bytes for each pixel of the longer side, at most: the rows that decoders have in hand. */
  private static final long ROW_BYTES = 256;

  /** Value of a JPEG's samples where no data came for them. */
  private static final int NO_DATA = 128;

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
  private final Fit fit;
  private final ImageLimits limits;
  private final boolean turboJpeg;
  private final Queue<Workspace> idle = new ConcurrentLinkedQueue<>();

  /** Creates a decoder with libjpeg-turbo where the system has it: see {@link JpegBackend#AUTO}. */
  public ImageDecoder(int width, int height, Resize mode, ImageLimits limits) {
    this(width, height, mode, limits, JpegBackend.AUTO);
  }

  /**
   * Creates a decoder to one output size.
   *
   * @param width of the output, pixels
   * @param height of the output, pixels
   * @throws IllegalStateException if {@code backend} is not on this machine
   */
  public ImageDecoder(int width, int height, Resize mode, ImageLimits limits, JpegBackend backend) {
    this(width, height, new Fit(mode, 1, Interpolation.FAST), limits, backend);
  }

  /** Creates a decoder for any fit. */
  public ImageDecoder(int width, int height, Fit fit, ImageLimits limits, JpegBackend backend) {
    this.turboJpeg = backend.resolve() == JpegBackend.TURBOJPEG;
    this.width = width;
    this.height = height;
    this.mode = fit.resize();
    this.fit = fit;
    this.limits = limits;
  }

  /** Returns the bytes of one output picture. */
  public int outputBytes() {
    return width * height * CHANNELS;
  }

  /** Decodes a file as {@link #decode(ByteBuffer, ByteBuffer)} does. */
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
    limits.checkMemory(header.format().name(), header.width(), header.height(), memory(header));
    Workspace space = take();
    try {
      int components = header.jpeg().components();
      if (turboJpeg && (components == 1 || components == CHANNELS)) {
        turboJpeg(header, target, space);
      } else {
        openCv(header, target, space);
      }
    } catch (RuntimeException e) {
      // OpenCV's exceptions come as RuntimeException with the place in its sources. What is more
      // special is a fault of this code, and no picture's.
      if (e.getClass() != RuntimeException.class) {
        throw e;
      }
      throw BadImageException.corrupt("the decoder failed: " + firstLine(e));
    } finally {
      giveBack(space);
    }
  }

  /** Scales raw RGB pixels, rows from the top without padding; else works as {@link #decode}. */
  public void scale(ByteBuffer rgb, int rawWidth, int rawHeight, ByteBuffer target)
      throws BadImageException {
    int length = rgb.remaining();
    limits.checkBytes(length);
    ImageLimits.checkSize(rawWidth, rawHeight);
    double expected = (double) rawWidth * rawHeight * CHANNELS;
    if (length != expected) {
      throw BadImageException.corrupt(
          "raw image of "
              + length
              + " bytes; "
              + rawWidth
              + " x "
              + rawHeight
              + " RGB pixels take "
              + (long) expected);
    }
    limits.checkMemory(
        "raw", rawWidth, rawHeight, length + outputBytes() + resampling(rawWidth, rawHeight));
    Workspace space = take();
    try {
      long rowBytes = (long) rawWidth * CHANNELS;
      write(
          new Pixels(space.copy(rgb).address(), rawWidth, rawHeight, rowBytes),
          ExifOrientation.UPRIGHT,
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

  /** Returns the native memory that decoding takes at its peak, in bytes; at most, hardly less. */
  long memory(ImageHeader header) {
    int eighths = header.format() == Format.JPEG ? eighths(header) : TurboJpeg.FULL;
    long pixels =
        (long) TurboJpeg.scaled(header.width(), eighths)
            * TurboJpeg.scaled(header.height(), eighths);
    // Decoders of JPEG and WebP copy parts of the file.
    long copies = header.format() == Format.PNG ? 1 : 2;
    return copies * header.encoded().remaining()
        + header.coefficientBytes()
        + (header.orientation() == ExifOrientation.UPRIGHT ? 1L : 2L) * outputBytes()
        + header.pixelBytes() * pixels
        + resampling(header.width(), header.height())
        + ROW_BYTES * Math.max(header.width(), header.height());
  }

  private long resampling(int columns, int rows) {
    return fit.interpolation() == Interpolation.FAST
        ? 0
        : Resampler.memory(columns, rows, Math.max(width, height), fit.interpolation());
  }

  private void openCv(ImageHeader header, ByteBuffer target, Workspace space)
      throws BadImageException {
    try (PointerScope scope = new PointerScope()) {
      ByteBuffer file = header.encoded();
      Mat encoded = new Mat(1, file.remaining(), CV_8UC1, space.copy(file));
      Mat decoded = imdecode(encoded, flags(header));
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
      if (header.format() == Format.JPEG && mayLackRows(header, decoded)) {
        int ignored = JpegScans.check(new ByteReader(file));
      }
      boolean plain = decoded.depth() != CV_16U && decoded.channels() == CHANNELS;
      Pixels picture = plain ? Pixels.of(decoded) : overBlack(decoded, header.transparentGrey());
      write(picture, header.orientation(), target, true, space);
    }
  }

  /**
   * Returns whether rows may be missing, which OpenCV does not tell: units for which no data came
   * are grey. Without data the last unit lacks, or the last one before a restart marker.
   */
  private boolean mayLackRows(ImageHeader header, Mat decoded) {
    Jpeg jpeg = header.jpeg();
    if (!jpeg.oneScan() || jpeg.components() > CHANNELS) {
      return true;
    }
    int across = (header.width() + jpeg.unitWidth() - 1) / jpeg.unitWidth();
    int down = (header.height() + jpeg.unitHeight() - 1) / jpeg.unitHeight();
    int units = across * down;
    int interval = jpeg.restartInterval() == 0 ? units : jpeg.restartInterval();
    int eighths = eighths(header);
    for (int end = interval; end - interval < units; end += interval) {
      int last = Math.min(end, units) - 1;
      int x = middle(last % across, jpeg.unitWidth(), eighths, decoded.cols());
      int y = middle(last / across, jpeg.unitHeight(), eighths, decoded.rows());
      if (isWithoutData(decoded, x, y)) {
        return true;
      }
    }
    return false;
  }

  /** Returns a pixel in the middle of a unit, or the picture's last. */
  private static int middle(int unit, int unitPixels, int eighths, int pixels) {
    return Math.min(pixels - 1, (2 * unit + 1) * unitPixels * eighths / (2 * TurboJpeg.FULL));
  }

  private static boolean isWithoutData(Mat decoded, int x, int y) {
    BytePointer pixel = decoded.ptr(y, x);
    for (int channel = 0; channel < CHANNELS; channel++) {
      if ((pixel.get(channel) & 0xFF) != NO_DATA) {
        return false;
      }
    }
    return true;
  }

  private void turboJpeg(ImageHeader header, ByteBuffer target, Workspace space)
      throws BadImageException {
    int eighths = eighths(header);
    Pixels picture =
        space.pixels(
            TurboJpeg.scaled(header.width(), eighths), TurboJpeg.scaled(header.height(), eighths));
    long file = space.copy(header.encoded()).address();
    try {
      turboJpeg(file, header, eighths, picture, true);
    } catch (BadImageException e) {
      // It may have stopped at bytes that belong to nothing, which are no damage.
      int ignored = JpegScans.check(new ByteReader(header.encoded()));
      turboJpeg(file, header, eighths, picture, false);
    }
    write(picture, header.orientation(), target, false, space);
  }

  private static void turboJpeg(
      long file, ImageHeader header, int eighths, Pixels picture, boolean strict)
      throws BadImageException {
    TurboJpeg.decode(
        file,
        header.encoded().remaining(),
        header.width(),
        header.height(),
        eighths,
        picture.address(),
        strict);
  }

  /** Turns and mirrors a picture as its Exif orientation, from 2, says. */
  private static void turn(Mat picture, int orientation, Mat upright) {
    if (orientation < 5) {
      flip(picture, upright, FLIPS[orientation]);
      return;
    }
    transpose(picture, upright);
    if (orientation > 5) {
      flip(upright, upright, FLIPS[orientation]);
    }
  }

  /**
   * Lets OpenCV leave out a JPEG's detail that the output has no room for, keep what a file has of
   * transparency, and turn nothing.
   */
  private int flags(ImageHeader header) {
    if (header.alpha() || header.format() == Format.WEBP) {
      return IMREAD_UNCHANGED;
    }
    int size =
        header.format() != Format.JPEG
            ? IMREAD_COLOR
            : switch (eighths(header)) {
              case 1 -> IMREAD_REDUCED_COLOR_8;
              case 2 -> IMREAD_REDUCED_COLOR_4;
              case 4 -> IMREAD_REDUCED_COLOR_2;
              default -> IMREAD_COLOR;
            };
    return size | IMREAD_IGNORE_ORIENTATION;
  }

  /**
   * Returns the fewest eighths of a JPEG's size at which the output still has a pixel for each of
   * its own: 1, 2, 4 or 8. The others have no vector code in libjpeg-turbo and cost more than the
   * next.
   */
  private int eighths(ImageHeader header) {
    if (fit.interpolation() != Interpolation.FAST) {
      // Leaving out detail is a filter of its own: scores would differ by up to 0.012.
      return TurboJpeg.FULL;
    }
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
  private record Area(int left, int top, int width, int height) {
    Area transposed() {
      return new Area(top, left, height, width);
    }

    /** Returns the same part of a picture of this size that is stored from its other ends. */
    Area mirrored(boolean columns, boolean rows, Pixels picture) {
      return new Area(
          columns ? picture.columns() - left - width : left,
          rows ? picture.rows() - top - height : top,
          width,
          height);
    }
  }

  /** Returns the part of a picture that is shown. */
  private Area kept(int pictureWidth, int pictureHeight) {
    if (fit.cropPct() < 1) {
      Span across = across(pictureWidth, pictureHeight);
      Span down = down(pictureWidth, pictureHeight);
      return new Area(
          (int) Math.rint(across.begin()),
          (int) Math.rint(down.begin()),
          (int) Math.max(1, Math.rint(across.length())),
          (int) Math.max(1, Math.rint(down.length())));
    }
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

  /** Returns the columns that are shown, as torchvision's Resize and CenterCrop have them. */
  private Span across(int pictureWidth, int pictureHeight) {
    return span(pictureWidth, pictureHeight, width, height);
  }

  /** Returns the rows that are shown, as {@link #across} does for columns. */
  private Span down(int pictureWidth, int pictureHeight) {
    return span(pictureHeight, pictureWidth, height, width);
  }

  private Span span(int side, int otherSide, int out, int otherOut) {
    if (mode == Resize.LETTERBOX) {
      return new Span(side, 0, side, out);
    }
    long scaled = (long) Math.floor(out / fit.cropPct());
    long other = (long) Math.floor(otherOut / fit.cropPct());
    if (mode == Resize.CROP && other * side > scaled * otherSide) {
      // The other side is the one that is short.
      scaled = other * side / otherSide;
    }
    double pixel = (double) side / scaled;
    return new Span(side, Math.rint((scaled - out) / 2.0) * pixel, out * pixel, out);
  }

  /** Returns the area of the output that the picture fills. */
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

  /** Writes the picture to the output; turns it last, when it is small. */
  private void write(
      Pixels picture, int orientation, ByteBuffer target, boolean bgr, Workspace space) {
    Pixels output = new Pixels(addressOf(target), width, height, (long) width * CHANNELS);
    boolean turned = orientation >= 5;
    int columns = turned ? picture.rows() : picture.columns();
    int rows = turned ? picture.columns() : picture.rows();
    Area shown = kept(columns, rows);
    boolean fromRight = ExifOrientation.storedFromRight(orientation);
    boolean fromBottom = ExifOrientation.storedFromBottom(orientation);
    Area kept = (turned ? shown.transposed() : shown).mirrored(fromRight, fromBottom, picture);
    Area place = place(columns, rows);
    if (mode == Resize.LETTERBOX) {
      space.blacken(output);
    }
    Pixels placed = output.part(place.left(), place.top(), place.width(), place.height());
    Pixels scaled = placed;
    if (orientation != ExifOrientation.UPRIGHT) {
      scaled =
          turned
              ? space.lying(place.height(), place.width())
              : space.lying(place.width(), place.height());
    }
    Mat to = space.to(scaled);
    if (fit.interpolation() == Interpolation.FAST) {
      Mat from = space.from(picture.part(kept.left(), kept.top(), kept.width(), kept.height()));
      // Down to a half INTER_LINEAR skips no pixel, and is much faster (docs/project/benchmark.md).
      boolean shrinks = kept.width() >= 2 * scaled.columns() || kept.height() >= 2 * scaled.rows();
      resize(from, to, space.toSize(), 0, 0, shrinks ? INTER_AREA : INTER_LINEAR);
    } else {
      Span across = across(columns, rows);
      Span down = down(columns, rows);
      space
          .resampler()
          .scale(
              picture,
              (turned ? down : across).mirrored(fromRight).to(scaled.columns()),
              (turned ? across : down).mirrored(fromBottom).to(scaled.rows()),
              fit.interpolation(),
              scaled);
    }
    if (bgr) {
      cvtColor(to, to, COLOR_BGR2RGB);
    }
    if (orientation != ExifOrientation.UPRIGHT) {
      turn(to, orientation, space.from(placed));
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
   * Returns the picture as it shows over black: colours times their alpha, of 8 or 16 bits, grey or
   * colour. Needs no more memory than the decoded picture, which it overwrites; only grey gets a
   * copy.
   *
   * @param transparentGrey the sample that stands for no light, or {@link ImageHeader#NONE}
   */
  private static Pixels overBlack(Mat decoded, int transparentGrey) {
    int channels = decoded.channels();
    boolean wide = decoded.depth() == CV_16U;
    int most = wide ? 0xFFFF : 0xFF;
    Mat bgr = channels == 1 ? new Mat(decoded.rows(), decoded.cols(), CV_8UC3) : decoded;
    for (int row = 0; row < decoded.rows(); row++) {
      ByteBuffer in = row(decoded, row);
      ByteBuffer out = row(bgr, row);
      for (int x = 0; x < decoded.cols(); x++) {
        for (int channel = 0; channel < CHANNELS; channel++) {
          int value = sample(in, channels == 1 ? x : channels * x + channel, wide);
          int alpha = most;
          if (channels == CHANNELS + 1) {
            alpha = sample(in, channels * x + CHANNELS, wide);
          } else if (value == transparentGrey) {
            alpha = 0;
          }
          long shown = ((long) value * alpha + most / 2) / most;
          out.put(CHANNELS * x + channel, (byte) (wide ? (shown + 128) / 257 : shown));
        }
      }
    }
    return Pixels.of(bgr);
  }

  private static ByteBuffer row(Mat picture, int row) {
    return picture
        .ptr(row)
        .capacity(picture.cols() * picture.elemSize())
        .asByteBuffer()
        .order(ByteOrder.nativeOrder());
  }

  private static int sample(ByteBuffer row, int at, boolean wide) {
    return wide ? row.getShort(2 * at) & 0xFFFF : row.get(at) & 0xFF;
  }

  private static String firstLine(RuntimeException e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }
}
