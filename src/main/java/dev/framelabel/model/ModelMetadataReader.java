package dev.framelabel.model;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Reader of a model's metadata from an open session; refuses a model that breaks the contract. */
final class ModelMetadataReader {
  private ModelMetadataReader() {}

  static ModelMetadata read(OrtSession session, String sha256) throws OrtException {
    long[] input =
        shape(
            session.getInputInfo(),
            ModelMetadata.INPUT,
            OnnxJavaType.UINT8,
            "uint8 [N,height,width,3]");
    boolean fits =
        input.length == 4 && input[0] == -1 && input[1] > 0 && input[2] > 0 && input[3] == 3;
    require(fits, "input frames has shape " + Arrays.toString(input), "[-1, height, width, 3]");
    long[] output =
        shape(
            session.getOutputInfo(),
            ModelMetadata.OUTPUT,
            OnnxJavaType.FLOAT,
            "float32 [N,classes]");
    require(
        output.length == 2,
        "output probabilities has shape " + Arrays.toString(output),
        "[-1, classes]");
    Map<String, String> entries = session.getMetadata().getCustomMetadata();
    List<String> labels = labels(entry(entries, ModelMetadata.LABELS_KEY));
    ModelMetadata metadata =
        new ModelMetadata(
            entry(entries, ModelMetadata.NAME_KEY),
            entry(entries, ModelMetadata.VERSION_KEY),
            sha256,
            (int) input[1],
            (int) input[2],
            entry(entries, ModelMetadata.RESIZE_KEY),
            number(entries, ModelMetadata.CROP_PCT_KEY, 1),
            entries.getOrDefault(ModelMetadata.INTERPOLATION_KEY, "fast"),
            labels,
            LabelTask.of(entries.getOrDefault(ModelMetadata.TASK_KEY, LabelTask.CLASSIFY.key())),
            Sample.parse(entries.get(ModelMetadata.SAMPLES_KEY), labels.size()));
    require(
        output[1] == metadata.classes(),
        "output probabilities has " + output[1] + " classes",
        metadata.classes() + ", as " + ModelMetadata.LABELS_KEY + " names");
    return metadata;
  }

  private static long[] shape(
      Map<String, NodeInfo> nodes, String name, OnnxJavaType type, String expected) {
    require(
        nodes.size() == 1 && nodes.containsKey(name),
        "inputs or outputs are " + nodes.keySet(),
        "one, named " + name + ": " + expected);
    boolean isTensor = nodes.get(name).getInfo() instanceof TensorInfo;
    require(isTensor, name + " is no tensor", expected);
    TensorInfo info = (TensorInfo) nodes.get(name).getInfo();
    require(info.type == type, name + " is of type " + info.type, expected);
    return info.getShape();
  }

  private static String entry(Map<String, String> metadata, String key) {
    String value = metadata.get(key);
    require(value != null, "metadata has keys " + metadata.keySet(), key);
    return value;
  }

  private static double number(Map<String, String> metadata, String key, double otherwise) {
    String value = metadata.get(key);
    try {
      return value == null ? otherwise : Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new ModelException(key + " is '" + value + "'; expected a number", e);
    }
  }

  private static List<String> labels(String json) {
    try {
      return List.of(new JsonMapper().readValue(json, String[].class));
    } catch (JsonProcessingException e) {
      throw new ModelException(
          "the model breaks the label-model contract: %s is no JSON array of names: %s"
              .formatted(ModelMetadata.LABELS_KEY, e.getOriginalMessage()),
          e);
    }
  }

  private static void require(boolean holds, String found, String expected) {
    if (!holds) {
      throw new ModelException(
          ("the model breaks the label-model contract: %s; expected %s. 'framelabel model package'"
                  + " makes a label model of another ONNX classifier.")
              .formatted(found, expected));
    }
  }
}
