package dev.framelabel.model;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Metadata of a label-model file.
 *
 * @param sha256 of the file, 64 lower-case hexadecimal digits
 * @param height pixels of the model's input
 * @param width pixels of the model's input
 * @param resize {@code stretch}, {@code crop} or {@code letterbox}: how the model was trained to
 *     see pictures
 * @param cropPct part of each side of the resized picture that the model sees, its centre; more
 *     than 0, at most 1
 * @param interpolation {@code fast}, {@code bilinear} or {@code bicubic}: how pictures are scaled
 * @param labels names of the classes in the order of the model's output
 * @param task what the scores of the classes mean together
 * @param samples pictures with the probabilities that the model has for them; none in many files
 */
public record ModelMetadata(
    String name,
    String version,
    String sha256,
    int height,
    int width,
    String resize,
    double cropPct,
    String interpolation,
    List<String> labels,
    LabelTask task,
    List<Sample> samples) {
  /** Keys of the file's {@code metadata_props}, and the names of its one input and one output. */
  public static final String NAME_KEY = "framelabel.name";

  public static final String VERSION_KEY = "framelabel.version";
  public static final String LABELS_KEY = "framelabel.labels";
  public static final String RESIZE_KEY = "framelabel.resize";
  public static final String CROP_PCT_KEY = "framelabel.crop_pct";
  public static final String INTERPOLATION_KEY = "framelabel.interpolation";
  public static final String TASK_KEY = "framelabel.task";
  public static final String SAMPLES_KEY = "framelabel.samples";
  public static final String INPUT = "frames";
  public static final String OUTPUT = "probabilities";
  public static final List<String> RESIZES = List.of("stretch", "crop", "letterbox");
  public static final List<String> INTERPOLATIONS = List.of("fast", "bilinear", "bicubic");

  public ModelMetadata {
    requireNonNull(name, "name");
    requireNonNull(version, "version");
    requireNonNull(sha256, "sha256");
    if (!RESIZES.contains(resize)) {
      throw new ModelException(
          RESIZE_KEY + " is '" + resize + "'; expected one of " + String.join(", ", RESIZES));
    }
    if (!INTERPOLATIONS.contains(interpolation)) {
      throw new ModelException(
          INTERPOLATION_KEY
              + " is '"
              + interpolation
              + "'; expected one of "
              + String.join(", ", INTERPOLATIONS));
    }
    if (!(cropPct > 0 && cropPct <= 1)) {
      throw new ModelException(
          CROP_PCT_KEY + " is " + cropPct + "; expected more than 0 and at most 1");
    }
    labels = List.copyOf(labels);
    requireNonNull(task, "task");
    samples = List.copyOf(samples);
  }

  /** Returns the bytes of one frame of the model's input: RGB, one byte a channel. */
  public int frameBytes() {
    return height * width * 3;
  }

  public int classes() {
    return labels.size();
  }
}
