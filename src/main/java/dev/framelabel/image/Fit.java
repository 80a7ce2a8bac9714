package dev.framelabel.image;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/**
 * Rule by which a picture of any size becomes the model's size.
 *
 * @param cropPct part of each side of the scaled picture that is kept, its centre; more than 0, at
 *     most 1, which is the whole
 */
public record Fit(Resize resize, double cropPct, Interpolation interpolation) {
  public Fit {
    requireNonNull(resize, "resize");
    requireNonNull(interpolation, "interpolation");
    if (!(cropPct > 0 && cropPct <= 1) || (cropPct < 1 && resize == Resize.LETTERBOX)) {
      throw new IllegalArgumentException(
          "crop_pct is " + cropPct + " for " + resize + "; expected 0 to 1, and 1 for LETTERBOX");
    }
  }

  /** Returns a fit by the names that label models have for its parts. */
  public static Fit of(String resize, double cropPct, String interpolation) {
    return new Fit(
        Resize.valueOf(resize.toUpperCase(Locale.ROOT)),
        cropPct,
        Interpolation.valueOf(interpolation.toUpperCase(Locale.ROOT)));
  }
}
