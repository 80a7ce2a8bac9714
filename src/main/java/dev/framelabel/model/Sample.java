package dev.framelabel.model;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Arrays;
import java.util.List;

/**
 * Sample picture in a label-model file, and the probabilities that the model has for it in float32
 * on a CPU. The arrays are not to be changed.
 *
 * @param jpeg file of the model's width and height: its pixels are the model's input
 * @param probabilities of all classes, in the order of the labels
 */
@SuppressWarnings("ArrayRecordComponent")
public record Sample(byte[] jpeg, float[] probabilities) {
  /** Number of samples that a file may have. */
  public static final int MOST = 32;

  private static final int LARGEST_JPEG = 64 << 10;
  private static final int LARGEST_TEXT = 1 << 20;
  private static final double ROUNDING = 0.01;
  private static final JsonMapper JSON = new JsonMapper();

  public Sample {
    requireNonNull(jpeg, "jpeg");
    requireNonNull(probabilities, "probabilities");
  }

  /**
   * Reads the value of {@link ModelMetadata#SAMPLES_KEY}.
   *
   * @param text may be null: no samples
   * @throws ModelException if it is damaged, too large, or does not fit the number of classes
   */
  public static List<Sample> parse(String text, int classes) {
    if (text == null) {
      return List.of();
    }
    require(
        text.length() <= LARGEST_TEXT,
        "has " + text.length() + " characters",
        "at most " + LARGEST_TEXT + ": fewer or smaller pictures");
    Sample[] samples = read(text);
    require(samples != null && samples.length <= MOST, "has too many", "at most " + MOST);
    for (int index = 0; index < samples.length; index++) {
      check(samples[index], "picture " + (index + 1) + " of it has ", classes);
    }
    return List.of(samples);
  }

  private static Sample[] read(String text) {
    try {
      return JSON.readValue(text, Sample[].class);
    } catch (JsonProcessingException e) {
      throw new ModelException(
          "%s is no JSON array of {\"jpeg\": base64, \"probabilities\": [numbers]}: %s"
              .formatted(ModelMetadata.SAMPLES_KEY, e.getOriginalMessage()),
          e);
    }
  }

  private static void check(Sample sample, String found, int classes) {
    require(sample != null, found + "nothing", "jpeg and probabilities");
    require(
        sample.jpeg.length <= LARGEST_JPEG,
        found + sample.jpeg.length + " bytes",
        "at most " + LARGEST_JPEG);
    require(
        sample.probabilities.length == classes,
        found + sample.probabilities.length + " probabilities",
        classes + ", one for each label");
    for (float probability : sample.probabilities) {
      require(
          probability >= -ROUNDING && probability <= 1 + ROUNDING,
          found + "probability " + probability,
          "0 to 1");
    }
  }

  private static void require(boolean holds, String found, String expected) {
    if (!holds) {
      throw new ModelException(ModelMetadata.SAMPLES_KEY + " " + found + "; expected " + expected);
    }
  }

  /**
   * Returns the value of {@link ModelMetadata#SAMPLES_KEY}.
   *
   * @throws ModelException if {@link #parse} would refuse it
   */
  public static String toJson(List<Sample> samples) {
    try {
      String text = JSON.writeValueAsString(samples);
      List<Sample> ignored = parse(text, samples.get(0).probabilities.length);
      return text;
    } catch (JsonProcessingException e) {
      throw new AssertionError("arrays can be written as JSON", e);
    }
  }

  /** Returns the index of the most probable class. */
  public int best() {
    return Agreement.best(probabilities);
  }

  /** Returns by how much the most probable class is before the next one; 1 if there is no other. */
  public double margin() {
    float[] sorted = probabilities.clone();
    Arrays.sort(sorted);
    int last = sorted.length - 1;
    return last == 0 ? 1 : sorted[last] - sorted[last - 1];
  }
}
