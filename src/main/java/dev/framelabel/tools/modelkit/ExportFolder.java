package dev.framelabel.tools.modelkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.ModelMetadata;
import dev.framelabel.text.TextFile;
import dev.framelabel.tools.modelkit.Packaging.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder that Hugging Face's Optimum, Transformers or timm leave: a model and JSON files that
 * say what it was trained for.
 */
final class ExportFolder {
  static final String LABELS = "labels.txt";

  private static final String CONFIG = "config.json";
  private static final String PREPROCESSOR = "preprocessor_config.json";

  private ExportFolder() {}

  /**
   * Returns the ONNX file of the folder.
   *
   * @throws ModelException if there is none, or which one is not clear
   */
  static Path modelIn(Path folder) {
    for (String name : List.of("model.onnx", "onnx/model.onnx")) {
      if (Files.isRegularFile(folder.resolve(name))) {
        return folder.resolve(name);
      }
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> models = files.filter(file -> file.toString().endsWith(".onnx")).sorted().toList();
      if (models.size() == 1) {
        return models.get(0);
      }
      throw new ModelException(
          "folder "
              + folder
              + (models.isEmpty()
                  ? " has no .onnx file; expected model.onnx. Export the model to ONNX first, as"
                      + " with optimum-cli export onnx"
                  : " has " + models + "; expected model.onnx, or one .onnx file"));
    } catch (IOException e) {
      throw new ModelException("folder " + folder + " cannot be read: " + e, e);
    }
  }

  /** Reads the facts that the files hold into the plan. */
  static void read(Path folder, PackagingPlan plan) {
    JsonNode config = json(folder, CONFIG);
    JsonNode preprocessor = json(folder, PREPROCESSOR);
    if (Files.isRegularFile(folder.resolve(LABELS))) {
      plan.labels().set(LabelNames.read(folder.resolve(LABELS)), LABELS);
    }
    plan.labels().set(labels(config), CONFIG);
    if (config.path("problem_type").asText().equals("multi_label_classification")) {
      plan.result().set(Result.MULTI_LABEL, CONFIG);
    }
    if (config.has("pretrained_cfg") || config.has("input_size")) {
      JsonNode timm = config.has("pretrained_cfg") ? config.get("pretrained_cfg") : config;
      plan.labels().set(names(timm.path("label_names")), CONFIG);
      TimmConfig.read(timm, CONFIG, plan);
    } else if (preprocessor.has("pretrained_cfg")) {
      TimmConfig.read(preprocessor.get("pretrained_cfg"), PREPROCESSOR, plan);
    } else if (preprocessor.isObject()) {
      new PreprocessorConfig(preprocessor, PREPROCESSOR).readInto(plan);
    }
    JsonNode side = config.path("image_size");
    plan.size().setDefault(side.isInt() ? new InputSize(side.asInt(), side.asInt()) : null, CONFIG);
    // The pictures of PyTorch have their channels first, whatever names the axes have.
    plan.layout().setDefault(Layout.NCHW, "as all exports of PyTorch");
  }

  private static List<String> labels(JsonNode config) {
    JsonNode byId = config.path("id2label");
    if (byId.isObject() && !byId.isEmpty()) {
      List<String> names = new ArrayList<>();
      for (int index = 0; index < byId.size(); index++) {
        JsonNode name = byId.path(String.valueOf(index));
        if (!name.isTextual()) {
          throw new ModelException(
              CONFIG + " has no name for class " + index + " in id2label; expected one for each");
        }
        names.add(name.asText());
      }
      return List.copyOf(names);
    }
    return names(config.path("label_names"));
  }

  private static List<String> names(JsonNode array) {
    if (!array.isArray() || array.isEmpty()) {
      return null;
    }
    List<String> names = new ArrayList<>();
    array.forEach(name -> names.add(name.asText()));
    return List.copyOf(names);
  }

  private static JsonNode json(Path folder, String name) {
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      return MissingNode.getInstance();
    }
    try {
      return new JsonMapper().readTree(TextFile.read(file));
    } catch (IllegalArgumentException e) {
      throw new ModelException(e.getMessage(), e);
    } catch (IOException e) {
      throw new ModelException(file + " cannot be read as JSON: " + e.getMessage(), e);
    }
  }

  /** Sets the interpolation of the contract that is nearest to a filter of Pillow. */
  static void setInterpolation(String filter, String source, PackagingPlan plan) {
    boolean known = ModelMetadata.INTERPOLATIONS.contains(filter);
    plan.interpolation()
        .set(
            known ? filter : filter.equals("lanczos") ? "bicubic" : "bilinear",
            known ? source : "the nearest to " + filter + " of " + source);
  }

  /** Returns one number, or one for each of red, green, blue; null where there is none. */
  static List<Double> numbers(JsonNode node) {
    if (node.isNumber()) {
      return List.of(node.asDouble());
    }
    if (!node.isArray() || node.isEmpty()) {
      return null;
    }
    List<Double> numbers = new ArrayList<>();
    node.forEach(number -> numbers.add(number.asDouble()));
    return List.copyOf(numbers);
  }
}
