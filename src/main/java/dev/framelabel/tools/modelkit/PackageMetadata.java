package dev.framelabel.tools.modelkit;

import static java.util.Objects.requireNonNull;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.framelabel.model.LabelTask;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.ModelMetadata;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Metadata for a label model.
 *
 * @param labels names of the classes, in the order of the output
 * @param resize one of {@link ModelMetadata#RESIZES}
 * @param cropPct part of each side that the model sees; more than 0, at most 1
 * @param interpolation one of {@link ModelMetadata#INTERPOLATIONS}
 */
public record PackageMetadata(
    String name,
    String version,
    List<String> labels,
    String resize,
    double cropPct,
    String interpolation) {
  /** Default of {@code resize}. */
  public static final String RESIZE = "stretch";

  public static final String INTERPOLATION = "fast";

  public PackageMetadata {
    requireNonNull(name, "name");
    requireNonNull(version, "version");
    labels = List.copyOf(labels);
    if (name.isBlank() || version.isBlank()) {
      throw new IllegalArgumentException(
          "name '" + name + "', version '" + version + "'; expected neither to be empty");
    }
    if (!ModelMetadata.RESIZES.contains(resize)) {
      throw new IllegalArgumentException(
          "resize is '%s'; expected one of %s"
              .formatted(resize, String.join(", ", ModelMetadata.RESIZES)));
    }
    if (!ModelMetadata.INTERPOLATIONS.contains(interpolation)) {
      throw new IllegalArgumentException(
          "interpolation is '"
              + interpolation
              + "'; expected one of "
              + String.join(", ", ModelMetadata.INTERPOLATIONS));
    }
    if (!(cropPct > 0 && cropPct <= 1)) {
      throw new IllegalArgumentException(
          "crop_pct is " + cropPct + "; expected more than 0 and at most 1");
    }
    if (cropPct < 1 && resize.equals("letterbox")) {
      throw new IllegalArgumentException(
          "crop_pct is "
              + cropPct
              + " with resize letterbox; expected 1, since nothing is cut off");
    }
  }

  /** Creates the metadata of a model that sees the whole picture. */
  public PackageMetadata(String name, String version, List<String> labels, String resize) {
    this(name, version, labels, resize, 1, INTERPOLATION);
  }

  /**
   * Requires one label for each class of the model.
   *
   * @throws ModelException if there are more or fewer labels than classes
   */
  void checkCount(long classes) {
    if (labels.size() != classes) {
      throw new ModelException(
          "there are %s labels for %s classes of the model; expected one label for each class, in the model's order"
              .formatted(labels.size(), classes));
    }
  }

  /** Replaces the model's label-model metadata, and leaves its other metadata. */
  void writeTo(ModelProto.Builder model, LabelTask task) {
    Map<String, String> entries = new LinkedHashMap<>();
    entries.put(ModelMetadata.NAME_KEY, name);
    entries.put(ModelMetadata.VERSION_KEY, version);
    entries.put(ModelMetadata.LABELS_KEY, json(labels));
    entries.put(ModelMetadata.TASK_KEY, task.key());
    entries.put(ModelMetadata.RESIZE_KEY, resize);
    entries.put(ModelMetadata.CROP_PCT_KEY, String.valueOf(cropPct));
    entries.put(ModelMetadata.INTERPOLATION_KEY, interpolation);
    remove(model, ModelMetadata.SAMPLES_KEY);
    entries.forEach((key, value) -> put(model, key, value));
  }

  private static void remove(ModelProto.Builder model, String key) {
    List<StringStringEntryProto> kept =
        model.getMetadataPropsList().stream().filter(entry -> !entry.getKey().equals(key)).toList();
    model.clearMetadataProps().addAllMetadataProps(kept);
  }

  static void put(ModelProto.Builder model, String key, String value) {
    remove(model, key);
    model.addMetadataPropsBuilder().setKey(key).setValue(value);
  }

  private static String json(List<String> labels) {
    try {
      return new JsonMapper().writeValueAsString(labels);
    } catch (JsonProcessingException e) {
      throw new AssertionError("strings can be written as JSON", e);
    }
  }
}
