package dev.framelabel.image;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.util.Optional;

/**
 * The system's TurboJPEG library (libjpeg-turbo 2.1 and newer; its functions of version 2, which
 * version 3 keeps). Thread-safe: each call has a decoder of its own.
 */
public final class TurboJpeg {
  /** Pictures are reduced to so many eighths; 8 is full size. */
  public static final int FULL = 8;

  private static final int RGB = 0;
  private static final int STOP_ON_WARNING = 8192;

  /** Error code of {@code tjGetErrorCode} where the picture was decoded all the same. */
  private static final int WARNING = 0;

  /** The library's own bound of 500 scans, behind ours from the header. */
  private static final int LIMIT_SCANS = 32768;

  private TurboJpeg() {}

  /** The native functions; loaded when first asked for. */
  private static final class Library {
    private static final String[] NAMES = {"libturbojpeg.so.0", "turbojpeg"};
    static final Optional<String> MISSING = load();

    private Library() {}

    private static Optional<String> load() {
      String reason = "";
      for (String name : NAMES) {
        try {
          Native.register(Library.class, NativeLibrary.getInstance(name));
          return Optional.empty();
        } catch (LinkageError e) {
          reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        }
      }
      return Optional.of(reason);
    }

    static native Pointer tjInitDecompress();

    static native int tjDecompress2(
        Pointer decoder,
        Pointer file,
        NativeLong length,
        Pointer target,
        int width,
        int pitch,
        int height,
        int pixelFormat,
        int flags);

    static native String tjGetErrorStr2(Pointer decoder);

    static native int tjGetErrorCode(Pointer decoder);

    static native int tjDestroy(Pointer decoder);
  }

  /** Returns why the library cannot be used; empty where it can. */
  public static Optional<String> missing() {
    try {
      return Library.MISSING;
    } catch (LinkageError e) {
      // JNA itself is not there, or has no library for this machine.
      return Optional.of(e.toString());
    }
  }

  /** Returns the length of a side of so many pixels after the reduction. */
  public static int scaled(int pixels, int eighths) {
    return (int) (((long) pixels * eighths + FULL - 1) / FULL);
  }

  /**
   * Decodes a JPEG of one or three components to RGB rows from the top, without padding.
   *
   * @param file address of the file's {@code length} bytes
   * @param target address of room for {@code scaled(width) * scaled(height) * 3} bytes
   * @param strict whether to refuse what the library could pass over; it tells only the first such
   *     fault, so that nobody knows what else there is
   * @throws BadImageException if the library finds a fault
   */
  public static void decode(
      long file, long length, int width, int height, int eighths, long target, boolean strict)
      throws BadImageException {
    int scaledWidth = scaled(width, eighths);
    Pointer decoder = Library.tjInitDecompress();
    if (decoder == null) {
      throw new OutOfMemoryError("libjpeg-turbo could not create a decoder");
    }
    try {
      int status =
          Library.tjDecompress2(
              decoder,
              new Pointer(file),
              new NativeLong(length),
              new Pointer(target),
              scaledWidth,
              3 * scaledWidth,
              scaled(height, eighths),
              RGB,
              (strict ? STOP_ON_WARNING : 0) | LIMIT_SCANS);
      if (status != 0 && (strict || Library.tjGetErrorCode(decoder) != WARNING)) {
        throw BadImageException.corrupt(
            "the JPEG decoder refused the data: " + Library.tjGetErrorStr2(decoder));
      }
    } finally {
      int ignored = Library.tjDestroy(decoder);
    }
  }
}
