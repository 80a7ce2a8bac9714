package dev.framelabel.tools.modelkit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.framelabel.model.ModelException;

/** The {@code pretrained_cfg} of timm, read as timm's transforms for evaluation do. */
final class TimmConfig {
  private static final double CROP_PCT = 0.875;

  private TimmConfig() {}

  static void read(JsonNode config, String source, PackagingPlan plan) {
    JsonNode size = config.path("input_size");
    if (size.size() == 3 && size.get(0).asInt() != 3) {
      throw new ModelException(
          source + " has input_size " + size + "; expected 3 channels: red, green, blue");
    }
    if (size.size() == 3) {
      plan.size().setDefault(new InputSize(size.get(2).asInt(), size.get(1).asInt()), source);
    }
    plan.mean().set(ExportFolder.numbers(config.path("mean")), source);
    plan.std().set(ExportFolder.numbers(config.path("std")), source);
    plan.scale().set(1.0 / 255, "as timm");
    plan.resize().set(resize(config.path("crop_mode").asText("center")), source);
    plan.cropPct().set(config.path("crop_pct").asDouble(CROP_PCT), source);
    ExportFolder.setInterpolation(config.path("interpolation").asText("bicubic"), source, plan);
  }

  private static String resize(String cropMode) {
    return switch (cropMode) {
      case "squash" -> "stretch";
      case "border" -> "letterbox";
      default -> "crop";
    };
  }
}
