package dev.framelabel.tools.modelkit;

import java.util.Collections;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * Normalisation of pixels that a network expects: {@code (pixel * scale - mean) / std} for each
 * channel.
 *
 * @param scale applied first to pixels 0..255
 * @param mean one number, or one for each of red, green, blue
 * @param std one number, or one for each of red, green, blue; not 0
 */
public record Normalisation(double scale, List<Double> mean, List<Double> std) {
  /** Normalisation to -1..1, as every Xception expects. */
  static final Normalisation XCEPTION = new Normalisation(1.0 / 255, List.of(0.5), List.of(0.5));

  public Normalisation {
    mean = threeOf("mean", mean);
    std = threeOf("std", std);
    if (!Double.isFinite(scale) || scale == 0 || std.contains(0.0)) {
      throw new IllegalArgumentException(
          "scale is " + scale + ", std is " + std + "; expected finite numbers other than 0");
    }
  }

  private static List<Double> threeOf(String what, List<Double> numbers) {
    if (numbers.size() != 1 && numbers.size() != 3) {
      throw new IllegalArgumentException(
          what + " has " + numbers.size() + " numbers; expected 1, or 3 for red, green and blue");
    }
    if (!numbers.stream().allMatch(Double::isFinite)) {
      throw new IllegalArgumentException(what + " is " + numbers + "; expected finite numbers");
    }
    return numbers.size() == 3 ? List.copyOf(numbers) : Collections.nCopies(3, numbers.get(0));
  }

  /** Returns what pixels of each channel are multiplied by. */
  float[] factors() {
    return channels(channel -> scale / std.get(channel));
  }

  /** Returns what is added then. */
  float[] offsets() {
    return channels(channel -> -mean.get(channel) / std.get(channel));
  }

  private static float[] channels(IntToDoubleFunction of) {
    float[] all = new float[3];
    for (int channel = 0; channel < all.length; channel++) {
      all[channel] = (float) of.applyAsDouble(channel);
    }
    return all;
  }
}
