package dev.framelabel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The JSON schemas of Kubernetes' kinds, as its Java client brings them, and of the Flink
 * Kubernetes Operator's custom resource, closed: a key that a schema does not name is an error.
 * There is none of Strimzi's and of the Prometheus operator's kinds on the class path.
 */
final class ManifestSchemas {
  private static final String OPERATOR =
      "META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml";
  private static final String KUBERNETES = "schema/validation-schema.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonSchemaFactory schemas =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7);
  private final Map<String, Optional<JsonSchema>> known = new HashMap<>();

  /**
   * What a manifest's schema has against it; empty where there is no schema.
   *
   * @param part whether it is only a part of a manifest, which may lack what a schema requires
   */
  Optional<List<String>> complaints(JsonNode manifest, boolean part) {
    String kind = manifest.path("apiVersion").asText() + " " + manifest.path("kind").asText();
    return known
        .computeIfAbsent(kind, ignored -> find(manifest))
        .map(
            schema ->
                schema.validate(manifest).stream()
                    .filter(message -> !(part && message.getType().equals("required")))
                    .map(ValidationMessage::getMessage)
                    .toList());
  }

  private Optional<JsonSchema> find(JsonNode manifest) {
    try {
      return manifest.path("kind").asText().equals("FlinkDeployment")
          ? Optional.of(operators())
          : kubernetes(manifest.path("apiVersion").asText(), manifest.path("kind").asText());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonSchema operators() throws IOException {
    try (InputStream in = loader().getResourceAsStream(OPERATOR)) {
      ObjectNode schema =
          (ObjectNode) new YAMLMapper().readTree(in).at("/spec/versions/0/schema/openAPIV3Schema");
      // What every resource has; the API server checks it by itself.
      ObjectNode properties = (ObjectNode) schema.get("properties");
      for (String common : List.of("apiVersion", "kind", "metadata")) {
        properties.putObject(common);
      }
      close(schema);
      return schemas.getSchema(schema);
    }
  }

  /** Each of the client's jars has the kinds of one group. */
  private Optional<JsonSchema> kubernetes(String version, String kind) throws IOException {
    for (URL file : Collections.list(loader().getResources(KUBERNETES))) {
      JsonNode all = read(file);
      JsonNode found = all.path("resources").path(kind.toLowerCase(Locale.ROOT));
      if (found.at("/properties/apiVersion/default").asText().equals(version)) {
        ObjectNode schema = found.deepCopy();
        schema.set("definitions", all.get("definitions"));
        ObjectNode definitions = (ObjectNode) schema.get("definitions");
        // A number, or a number with a unit; a number or a name.
        definitions
            .properties()
            .forEach(
                definition -> {
                  if (definition.getKey().matches(".*(Quantity|IntOrString)")) {
                    definition.setValue(JSON.createObjectNode());
                  }
                });
        close(schema);
        return Optional.of(schemas.getSchema(schema));
      }
    }
    return Optional.empty();
  }

  private static JsonNode read(URL file) throws IOException {
    try (InputStream in = file.openStream()) {
      return JSON.readTree(in);
    }
  }

  private static ClassLoader loader() {
    return ManifestSchemas.class.getClassLoader();
  }

  /** Refuses what is not named, wherever something is, and drops the old form of "required". */
  private static void close(JsonNode node) {
    if (node instanceof ObjectNode object) {
      if (object.path("required").isBoolean()) {
        object.remove("required");
      }
      boolean open = object.path("x-kubernetes-preserve-unknown-fields").asBoolean();
      if (object.path("properties").isObject() && !object.path("properties").isEmpty() && !open) {
        object.set("additionalProperties", BooleanNode.FALSE);
      }
    }
    node.forEach(ManifestSchemas::close);
  }
}
