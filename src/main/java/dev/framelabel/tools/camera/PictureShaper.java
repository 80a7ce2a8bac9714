package dev.framelabel.tools.camera;

import dev.framelabel.image.BadImageException;
import dev.framelabel.image.ImageHeader;
import dev.framelabel.image.ImageLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Shaper that gives pictures the wanted size and quality, and makes those smaller that the topic
 * would not take. A picture that needs neither passes as it is. Not thread-safe.
 */
final class PictureShaper implements AutoCloseable {
  private static final int TRIES = 8;
  private static final int LOWEST_QUALITY = 50;

  private final PictureSettings settings;
  private final int maxBytes;
  private final StillDecoder decoder = new StillDecoder(0);
  private final JpegEncoder encoder = new JpegEncoder();

  /**
   * Creates a shaper for one camera.
   *
   * @param maxBytes the largest file that may be published
   */
  PictureShaper(PictureSettings settings, int maxBytes) {
    this.settings = settings;
    this.maxBytes = maxBytes;
  }

  /**
   * Returns the picture's file as it is to be published.
   *
   * @throws IOException if it must be changed and cannot be decoded, or cannot be made small enough
   */
  byte[] shape(CapturedPicture picture) throws IOException {
    byte[] file = picture.file().array();
    boolean asItIs = picture.finished() || settings.isAsItComes();
    if (asItIs && file.length <= maxBytes) {
      return file;
    }
    AVFrame frame = decoder.decode(file);
    mark(frame, file);
    double scale = settings.scale(frame);
    if (!asItIs && scale == 1 && settings.quality() == 0 && file.length <= maxBytes) {
      return file;
    }
    return encode(frame, scale, file.length);
  }

  /** Marks a picture with the orientation that a job would show it in: FFmpeg knows JPEG's only. */
  private static void mark(AVFrame frame, byte[] file) throws IOException {
    try {
      int orientation = ImageHeader.read(ByteBuffer.wrap(file), ImageLimits.DEFAULT).orientation();
      DisplayMatrix.ofExif(orientation).mark(frame);
    } catch (BadImageException e) {
      // Not for the job either, which will say so.
      return;
    }
  }

  private byte[] encode(AVFrame frame, double wantedScale, int original) throws IOException {
    double scale = wantedScale;
    int quality = settings.qualityOrDefault();
    for (int tried = 0; tried < TRIES; tried++) {
      byte[] file = encoder.encode(frame, scale, quality);
      if (file.length <= maxBytes) {
        return file;
      }
      if (quality > LOWEST_QUALITY) {
        quality = Math.max(LOWEST_QUALITY, quality - 20);
      } else {
        scale *= Math.min(0.9, Math.sqrt(0.9 * maxBytes / file.length));
      }
    }
    throw new IOException(
        "a picture of "
            + original
            + " bytes cannot be made small enough; the topic takes pictures of "
            + maxBytes
            + " bytes");
  }

  @Override
  public void close() {
    decoder.close();
    encoder.close();
  }
}
