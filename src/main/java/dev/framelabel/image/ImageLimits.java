package dev.framelabel.image;

import dev.framelabel.image.BadImageException.Fault;

/**
 * What an image may cost, checked against its header before any pixel is allocated.
 *
 * @param maxBytes encoded bytes
 * @param maxPixels width times height
 * @param maxScans scans of a progressive JPEG: each one is a pass over the whole picture
 */
public record ImageLimits(long maxBytes, long maxPixels, int maxScans) {
  public static final ImageLimits DEFAULT = new ImageLimits(32L << 20, 64_000_000, 100);

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

  void checkScans(int scans) throws BadImageException {
    if (scans > maxScans) {
      throw new BadImageException(
          Fault.IMAGE_TOO_COMPLEX,
          "JPEG of more than " + maxScans + " scans; each costs a pass over the whole picture");
    }
  }
}
