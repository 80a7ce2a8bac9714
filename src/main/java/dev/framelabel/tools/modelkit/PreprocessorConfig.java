package dev.framelabel.tools.modelkit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.framelabel.model.ModelException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The {@code preprocessor_config.json} of Hugging Face's image processors. */
final class PreprocessorConfig {
  /** Image processors for which a single number is the shorter side, not both sides. */
  private static final List<String> SHORTER_SIDE =
      List.of("convnext", "clip", "mobilenet", "mobilevit", "levit", "poolformer", "siglip2");

  /** Filters by the number that Pillow has for them. */
  private static final List<String> FILTERS =
      List.of("nearest", "lanczos", "bilinear", "bicubic", "box", "hamming");

  private static final int BILINEAR = 2;
  private static final double DEFAULT_CROP_PCT = 224.0 / 256;

  /** Side from which ConvNeXt's processor does not crop. */
  private static final int NO_CROP_FROM = 384;

  private final JsonNode config;
  private final String source;
  private final String processor;

  PreprocessorConfig(JsonNode config, String source) {
    this.config = config;
    this.source = source;
    processor =
        Stream.of("image_processor_type", "feature_extractor_type")
            .map(key -> config.path(key).asText())
            .filter(name -> !name.isEmpty())
            .findFirst()
            .orElse("")
            .toLowerCase(Locale.ROOT);
  }

  void readInto(PackagingPlan plan) {
    normalisation(plan);
    if (config.path("do_flip_channel_order").asBoolean(false)) {
      plan.blueFirst().set(true, source);
    }
    if (!config.path("do_resize").asBoolean(true)) {
      return;
    }
    int filter = config.path("resample").asInt(BILINEAR);
    if (filter >= 0 && filter < FILTERS.size()) {
      ExportFolder.setInterpolation(FILTERS.get(filter), source, plan);
    }
    geometry(plan);
  }

  private void normalisation(PackagingPlan plan) {
    boolean rescales = config.path("do_rescale").asBoolean(true);
    plan.scale().set(rescales ? config.path("rescale_factor").asDouble(1.0 / 255) : 1.0, source);
    // EfficientNet's processor: from -1 on, and divided by std once more for classifiers.
    double offset = config.path("rescale_offset").asBoolean(false) ? 1 : 0;
    boolean normalises =
        config.path("do_normalize").asBoolean(!config.path("image_mean").isMissingNode());
    List<Double> mean = ExportFolder.numbers(config.path("image_mean"));
    List<Double> std = ExportFolder.numbers(config.path("image_std"));
    if (normalises && (mean == null || std == null)) {
      throw new ModelException(
          source + " has do_normalize without image_mean and image_std; expected both");
    }
    List<Double> shift = normalises ? mean : List.of(0.0);
    List<Double> spread = normalises ? std : List.of(1.0);
    boolean twice =
        processor.contains("efficientnet") && config.path("include_top").asBoolean(true);
    plan.mean().set(shift.stream().map(value -> value + offset).toList(), source);
    plan.std().set(twice ? spread.stream().map(value -> value * value).toList() : spread, source);
  }

  /** Sets size, resize and crop_pct. */
  private void geometry(PackagingPlan plan) {
    JsonNode size = config.path("size");
    int shorter = shorterSide(size);
    InputSize scaled = shorter > 0 ? new InputSize(shorter, shorter) : both(size);
    if (scaled == null) {
      return;
    }
    double pct = config.path("crop_pct").asDouble(0);
    if (shorter > 0 && processor.contains("convnext")) {
      boolean crops = shorter < NO_CROP_FROM;
      set(plan, scaled, crops ? "crop" : "stretch", crops ? orDefault(pct) : 1);
      return;
    }
    InputSize cropped =
        config.path("do_center_crop").asBoolean(false) ? both(config.path("crop_size")) : null;
    InputSize input = cropped == null ? scaled : cropped;
    double part = (double) input.width() / scaled.width();
    if (shorter > 0 && (pct > 0 || processor.contains("levit"))) {
      part *= orDefault(pct);
    }
    set(plan, input, shorter > 0 ? "crop" : "stretch", part);
  }

  private static double orDefault(double pct) {
    return pct > 0 ? pct : DEFAULT_CROP_PCT;
  }

  private void set(PackagingPlan plan, InputSize size, String resize, double cropPct) {
    // What the graph itself fixes is surer.
    plan.size().setDefault(size, source);
    plan.resize().set(resize, source);
    plan.cropPct().set(cropPct, source);
  }

  /** Returns the shorter side; 0 where both sides are given. */
  private int shorterSide(JsonNode size) {
    if (size.has("shortest_edge")) {
      return size.get("shortest_edge").asInt();
    }
    return size.isNumber() && SHORTER_SIDE.stream().anyMatch(processor::contains)
        ? size.asInt()
        : 0;
  }

  private static InputSize both(JsonNode size) {
    if (size.isNumber()) {
      return new InputSize(size.asInt(), size.asInt());
    }
    return size.has("height") && size.has("width")
        ? new InputSize(size.get("width").asInt(), size.get("height").asInt())
        : null;
  }
}
