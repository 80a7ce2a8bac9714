package dev.framelabel.tools.modelkit;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A note in the model file of which Xception it is: the folded graph alone does not tell. */
record NetworkNote(XceptionArchitecture architecture) {
  private static final String KEY = "framelabel.xception";
  private static final JsonMapper JSON = new JsonMapper();

  static NetworkNote of(XceptionArchitecture architecture) {
    return new NetworkNote(architecture);
  }

  void writeTo(ModelProto.Builder model) {
    String text =
        JSON.createObjectNode()
            .put("padding", architecture.flavour().toString())
            .put("width", architecture.width())
            .put("classes", architecture.classes())
            .set("hidden", JSON.valueToTree(architecture.hidden()))
            .toString();
    PackageMetadata.put(model, KEY, text);
  }

  /**
   * Returns the note of a model that was built here; empty for other models and for unreadable
   * notes.
   */
  static Optional<NetworkNote> read(Map<String, String> metadata) {
    if (!metadata.containsKey(KEY)) {
      return Optional.empty();
    }
    try {
      JsonNode note = JSON.readTree(metadata.get(KEY));
      return Optional.of(
          new NetworkNote(
              new XceptionArchitecture(
                  Flavour.parse(note.path("padding").asText()),
                  note.path("width").asDouble(),
                  List.of(JSON.treeToValue(note.path("hidden"), Integer[].class)),
                  note.path("classes").asInt())));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Returns a text for people. */
  String toText() {
    return "width %s, padding and epsilon of %s%s"
        .formatted(
            architecture.width(),
            architecture.flavour(),
            architecture.hidden().isEmpty() ? "" : ", hidden neurons " + architecture.hidden());
  }
}
