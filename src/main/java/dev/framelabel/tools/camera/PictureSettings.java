package dev.framelabel.tools.camera;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Size and quality of a camera's published pictures.
 *
 * @param maxWidth pixels; larger pictures are made smaller, with their proportions; 0 for no limit
 * @param maxHeight pixels; 0 for no limit
 * @param quality of JPEG, 1 to 100; 0 leaves the pictures of JPEG sources as they are, and means
 *     {@link #DEFAULT_QUALITY} for others
 */
public record PictureSettings(int maxWidth, int maxHeight, int quality) {
  public static final int DEFAULT_QUALITY = 95;
  public static final PictureSettings AS_IT_COMES = new PictureSettings(0, 0, 0);
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,5})x([0-9]{1,5})");

  public PictureSettings {
    if (maxWidth < 0 || maxHeight < 0 || quality < 0 || quality > 100) {
      throw new IllegalArgumentException(
          "picture of at most %d x %d pixels with quality %d; expected sizes of 0 or more, quality 0 to 100"
              .formatted(maxWidth, maxHeight, quality));
    }
  }

  /**
   * Reads the values of {@code --size} and {@code --quality}.
   *
   * @param size such as 1280x720; empty for no limit
   * @throws IllegalArgumentException if it is no such text
   */
  public static PictureSettings of(String size, int quality) {
    if (size.isEmpty()) {
      return new PictureSettings(0, 0, quality);
    }
    Matcher parts = SIZE.matcher(size);
    if (!parts.matches()) {
      throw new IllegalArgumentException("size is '" + size + "'; expected one such as 1280x720");
    }
    return new PictureSettings(
        Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)), quality);
  }

  boolean isAsItComes() {
    return equals(AS_IT_COMES);
  }

  int qualityOrDefault() {
    return quality == 0 ? DEFAULT_QUALITY : quality;
  }

  /**
   * Returns the factor to scale a picture by: 1 or less. The size is that of the upright picture.
   */
  double scale(AVFrame frame) {
    DisplayMatrix matrix = DisplayMatrix.of(frame);
    int width = matrix.width(frame.width(), frame.height());
    int height = matrix.height(frame.width(), frame.height());
    double wide = maxWidth == 0 ? 1 : (double) maxWidth / width;
    double high = maxHeight == 0 ? 1 : (double) maxHeight / height;
    return Math.min(1, Math.min(wide, high));
  }
}
