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

/** Reads a model's card from an open session, and refuses a model that breaks the contract. */
final class CardReader {
  private CardReader() {}

  static ModelCard read(OrtSession session, String sha256) throws OrtException {
    long[] input =
        shape(
            session.getInputInfo(),
            ModelCard.INPUT,
            OnnxJavaType.UINT8,
            "uint8 [N,height,width,3]");
    boolean fits =
        input.length == 4 && input[0] == -1 && input[1] > 0 && input[2] > 0 && input[3] == 3;
    require(fits, "input frames has shape " + Arrays.toString(input), "[-1, height, width, 3]");
    long[] output =
        shape(session.getOutputInfo(), ModelCard.OUTPUT, OnnxJavaType.FLOAT, "float32 [N,classes]");
    require(
        output.length == 2,
        "output probabilities has shape " + Arrays.toString(output),
        "[-1, classes]");
    Map<String, String> metadata = session.getMetadata().getCustomMetadata();
    ModelCard card =
        new ModelCard(
            metadata(metadata, ModelCard.NAME_KEY),
            metadata(metadata, ModelCard.VERSION_KEY),
            sha256,
            (int) input[1],
            (int) input[2],
            metadata(metadata, ModelCard.RESIZE_KEY),
            labels(metadata(metadata, ModelCard.LABELS_KEY)));
    require(
        output[1] == card.classes(),
        "output probabilities has " + output[1] + " classes",
        card.classes() + ", as " + ModelCard.LABELS_KEY + " names");
    return card;
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

  private static String metadata(Map<String, String> metadata, String key) {
    String value = metadata.get(key);
    require(value != null, "metadata has keys " + metadata.keySet(), key);
    return value;
  }

  private static List<String> labels(String json) {
    try {
      return List.of(new JsonMapper().readValue(json, String[].class));
    } catch (JsonProcessingException e) {
      throw new ModelException(
          "the model breaks the label-model contract: "
              + ModelCard.LABELS_KEY
              + " is no JSON array of names: "
              + e.getOriginalMessage(),
          e);
    }
  }

  private static void require(boolean holds, String found, String expected) {
    if (!holds) {
      throw new ModelException(
          "the model breaks the label-model contract: "
              + found
              + "; expected "
              + expected
              + ". 'framelabel model package' makes a label model of another ONNX classifier.");
    }
  }
}
