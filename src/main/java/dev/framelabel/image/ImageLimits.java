package dev.framelabel.image;

import dev.framelabel.image.BadImageException.Fault;

/**
 * Limits of an image's cost, checked against its header before any pixel is allocated.
 *
 * @param maxBytes encoded bytes
 * @param maxDecodeBytes native memory that decoding takes, as {@link ImageDecoder} estimates it
 * @param maxScans scans of a progressive JPEG: each one is a pass over the whole picture, so that
 *     larger pictures may have fewer of them
 */
public record ImageLimits(long maxBytes, long maxDecodeBytes, int maxScans) {
  public static final ImageLimits DEFAULT = new ImageLimits(32L << 20, 128L << 20, 100);

  /** Processor time: reducing spares a JPEG's memory, but each scan still visits each pixel. */
  private static final long MOST_PIXELS_TIMES_SCANS = 768_000_000;

  private static final double MIB = 1 << 20;

  public ImageLimits {
    if (maxBytes < 1 || maxDecodeBytes < 1 || maxScans < 1) {
      throw new IllegalArgumentException(
          "image limits are "
              + maxBytes
              + " bytes, "
              + maxDecodeBytes
              + " bytes of memory, "
              + maxScans
              + " scans; expected 1 or more of each");
    }
  }

  void checkBytes(long bytes) throws BadImageException {
    if (bytes > maxBytes) {
      throw new BadImageException(
          Fault.IMAGE_TOO_LARGE,
          "image of " + bytes + " bytes; at most " + maxBytes + " are allowed");
    }
  }

  static void checkSize(long width, long height) throws BadImageException {
    if (width < 1 || height < 1) {
      throw BadImageException.corrupt("image of " + width + " x " + height + " pixels");
    }
  }

  void checkMemory(String format, int width, int height, long bytes) throws BadImageException {
    if (bytes > maxDecodeBytes) {
      throw new BadImageException(
          Fault.IMAGE_TOO_LARGE,
          String.format(
              "%s image of %d x %d pixels takes about %.1f MiB of memory to decode; at most %.1f MiB"
                  + " are allowed. Send a smaller picture or a baseline JPEG, or raise"
                  + " --max-decode-memory",
              format, width, height, bytes / MIB, maxDecodeBytes / MIB));
    }
  }

  /** Checks the number of scans: each costs time for each pixel, whatever the file's length. */
  void checkScans(int scans, int width, int height) throws BadImageException {
    if (scans > maxScans) {
      throw new BadImageException(
          Fault.IMAGE_TOO_COMPLEX,
          "JPEG of more than " + maxScans + " scans, the most allowed. Send a baseline JPEG");
    }
    if ((long) width * height > MOST_PIXELS_TIMES_SCANS / scans) {
      throw new BadImageException(
          scans == 1 ? Fault.IMAGE_TOO_LARGE : Fault.IMAGE_TOO_COMPLEX,
          "JPEG of "
              + width
              + " x "
              + height
              + " pixels and "
              + scans
              + " scans or more, each a pass over the whole picture; at most "
              + MOST_PIXELS_TIMES_SCANS
              + " pixels times scans are allowed. Send a smaller picture or a baseline JPEG");
    }
  }
}
