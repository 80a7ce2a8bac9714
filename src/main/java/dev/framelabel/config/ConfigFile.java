package dev.framelabel.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * A YAML file of options, as the command line and the job itself read it: sections and values,
 * flattened to dotted paths such as {@code job.max-batch-size}. A list becomes its elements, joined
 * by commas.
 */
public final class ConfigFile {
  /** The job's own options stand here; on the top level they are for all commands. */
  public static final String JOB_SECTION = "job";

  /** Flink's settings stand here. */
  public static final String FLINK_SECTION = "flink";

  private ConfigFile() {}

  /**
   * The file's values by dotted path.
   *
   * @throws IllegalArgumentException if it cannot be read or is no YAML of sections and values
   */
  public static Map<String, String> read(Path file) {
    Map<String, String> values = new LinkedHashMap<>();
    flatten("", parse(file), values);
    return values;
  }

  /** The values of a section, without its name. */
  public static Map<String, String> section(String name, Map<String, String> values) {
    Map<String, String> found = new LinkedHashMap<>();
    String prefix = name + ".";
    values.forEach(
        (key, value) -> {
          if (key.startsWith(prefix)) {
            found.put(key.substring(prefix.length()), value);
          }
        });
    return found;
  }

  private static JsonNode parse(Path file) {
    try {
      JsonNode root = new YAMLMapper().readTree(Files.readString(file));
      if (!root.isObject() && !root.isMissingNode()) {
        throw new IllegalArgumentException(
            "config file " + file + " holds no 'key: value' lines; expected options and sections");
      }
      return root;
    } catch (IOException e) {
      throw new IllegalArgumentException("config file " + file + " cannot be read: " + e, e);
    }
  }

  private static void flatten(String path, JsonNode node, Map<String, String> values) {
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        String key = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
        flatten(key, field.getValue(), values);
      }
    } else if (node.isArray()) {
      values.put(
          path,
          String.join(
              ",", StreamSupport.stream(node.spliterator(), false).map(JsonNode::asText).toList()));
    } else if (!path.isEmpty() && !node.isNull()) {
      values.put(path, node.asText());
    }
  }
}
