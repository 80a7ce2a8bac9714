package dev.framelabel.tools.modelkit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Pixels of a network's input. */
public record InputSize(int width, int height) {
  private static final int LARGEST = 4096;
  private static final Pattern TEXT = Pattern.compile("(\\d{1,5})(?:[xX](\\d{1,5}))?");

  public InputSize {
    if (Math.min(width, height) < 1 || Math.max(width, height) > LARGEST) {
      throw new IllegalArgumentException(
          "size is " + width + "x" + height + " pixels; expected 1 to " + LARGEST + " for a side");
    }
  }

  /**
   * Reads {@code 224}, the side of a square, or {@code 320x240}, width and height.
   *
   * @throws IllegalArgumentException for any other text
   */
  public static InputSize parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "size is '" + text + "'; expected a side such as 224, or width and height as 320x240");
    }
    int width = Integer.parseInt(matcher.group(1));
    return new InputSize(
        width, matcher.group(2) == null ? width : Integer.parseInt(matcher.group(2)));
  }

  @Override
  public String toString() {
    return width == height ? String.valueOf(width) : width + "x" + height;
  }
}
