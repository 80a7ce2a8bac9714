package dev.framelabel.image;

import dev.framelabel.image.BadImageException.Fault;

/**
 * What an image may cost, checked against its header before any pixel is allocated.
 *
 * @param maxBytes encoded bytes
 * @param maxPixels width times height
 * @param maxScans scans of a progressive JPEG: each one is a pass over the whole picture, so that
 *     larger pictures may have fewer of them
 */
public record ImageLimits(long maxBytes, long maxPixels, int maxScans) {
  public static final ImageLimits DEFAULT = new ImageLimits(32L << 20, 64_000_000, 100);

  /** Scans of a picture of the most pixels; libjpeg writes ten. */
  private static final int SCANS_OF_THE_LARGEST = 12;

  /** A JPEG has no more pixels. */
  private static final long LARGEST_JPEG = 65_535L * 65_535;

  public ImageLimits {
    if (maxBytes < 1 || maxPixels < 1 || maxScans < 1) {
      throw new IllegalArgumentException(
          "image limits are "
              + maxBytes
              + " bytes, "
              + maxPixels
              + " pixels, "
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

  void checkSize(long width, long height) throws BadImageException {
    if (width < 1 || height < 1) {
      throw BadImageException.corrupt("image of " + width + " x " + height + " pixels");
    }
    if (width > maxPixels / height) {
      throw new BadImageException(
          Fault.IMAGE_TOO_LARGE,
          "image of " + width + " x " + height + " pixels; at most " + maxPixels + " are allowed");
    }
  }

  /** A scan costs processor time for each pixel, whatever the file's length. */
  void checkScans(int scans, int width, int height) throws BadImageException {
    if (scans > maxScans) {
      throw new BadImageException(
          Fault.IMAGE_TOO_COMPLEX,
          "JPEG of more than " + maxScans + " scans; each costs a pass over the whole picture");
    }
    long most =
        SCANS_OF_THE_LARGEST * Math.min(LARGEST_JPEG, Math.max(maxPixels, DEFAULT.maxPixels));
    if ((long) width * height > most / scans) {
      throw new BadImageException(
          Fault.IMAGE_TOO_COMPLEX,
          "JPEG of "
              + width
              + " x "
              + height
              + " pixels and "
              + scans
              + " scans or more, each a pass over the whole picture; at most "
              + most
              + " pixels times scans are allowed");
    }
  }
}
