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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The JSON schemas of Kubernetes' kinds and of the Flink Kubernetes Operator's custom resource,
 * closed: a key that a schema does not name is an error. Those of Kubernetes 1.35 are kept in the
 * test resources, without their descriptions. There is none of Strimzi's and of the Prometheus
 * operator's kinds on the class path.
 */
final class ManifestSchemas {
  private static final String OPERATOR =
      "META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml";
  private static final String KUBERNETES = "kubernetes/definitions.json";
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

  private Optional<JsonSchema> kubernetes(String apiVersion, String kind) throws IOException {
    ObjectNode schema;
    try (InputStream in = loader().getResourceAsStream(KUBERNETES)) {
      schema = (ObjectNode) JSON.readTree(in);
    }
    String name = definition(apiVersion, kind);
    return schema.path("definitions").has(name)
        ? Optional.of(schemas.getSchema(schema.put("$ref", "#/definitions/" + name)))
        : Optional.empty();
  }

  /** As Kubernetes names its types: {@code apps/v1 Deployment} is io.k8s.api.apps.v1.Deployment. */
  private static String definition(String apiVersion, String kind) {
    String group = apiVersion.contains("/") ? apiVersion.replaceAll("[./].*", "") : "core";
    return String.join(".", "io.k8s.api", group, apiVersion.replaceAll(".*/", ""), kind);
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
