package dev.framelabel;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import java.util.Map;
import org.apache.flink.kubernetes.operator.api.FlinkDeployment;

/**
 * Reads custom resources into the classes of those who will read them: the Flink Kubernetes
 * Operator's, Strimzi's, and the Prometheus operator's. A key that such a class does not have is an
 * error, although these classes themselves would keep or pass over it.
 */
final class ManifestReader {
  private static final Map<String, Class<?>> KINDS =
      Map.of(
          "FlinkDeployment", FlinkDeployment.class,
          "PodMonitor", PodMonitor.class,
          "KafkaTopic", KafkaTopic.class);

  /** The newest Flink that the operator's classes on the class path name. */
  private static final String NEWEST_OF_READER = "v1_20";

  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .annotationIntrospector(new Strict())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private ManifestReader() {}

  private static final class Strict extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public Boolean hasAnySetter(Annotated annotated) {
      return false;
    }

    @Override
    public JsonIgnoreProperties.Value findPropertyIgnoralByName(
        MapperConfig<?> config, Annotated annotated) {
      return super.findPropertyIgnoralByName(config, annotated).withoutIgnoreUnknown();
    }
  }

  /** Whether there is a class for a manifest's kind; Kubernetes' own kinds have schemas only. */
  static boolean knows(JsonNode manifest) {
    return KINDS.containsKey(manifest.path("kind").asText());
  }

  /**
   * A manifest as an object of its kind's class. The operator's classes that can be had (1.10.0)
   * end at Flink 1.20, so a FlinkDeployment's {@code flinkVersion} is read as that; the caller
   * looks at the field itself.
   */
  static Object read(JsonNode manifest) throws JsonProcessingException {
    Class<?> type = KINDS.get(manifest.path("kind").asText());
    if (type == null) {
      throw new IllegalArgumentException("no class for a manifest of kind " + manifest.get("kind"));
    }
    return STRICT.treeToValue(withFlinkOfTheReader(manifest), type);
  }

  /** A FlinkDeployment with the newest Flink that the operator's classes know; others unchanged. */
  static JsonNode withFlinkOfTheReader(JsonNode manifest) {
    JsonNode read = manifest.deepCopy();
    if (read.path("kind").asText().equals("FlinkDeployment")
        && read.path("spec").has("flinkVersion")) {
      ((ObjectNode) read.path("spec")).put("flinkVersion", NEWEST_OF_READER);
    }
    return read;
  }
}
