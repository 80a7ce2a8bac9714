package dev.framelabel.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * A YAML file of options, for the job and for the command line. Sections and values are flattened
 * to dotted paths such as {@code job.max-batch-size}; a list becomes its elements, joined by
 * commas.
 *
 * @param name the path as the user wrote it; empty without a file
 * @param values by dotted path
 */
public record ConfigFile(String name, Map<String, String> values) {
  /** Names the file in the arguments. */
  public static final String OPTION = "--config";

  /** The section of the job's options. Options on the top level are for all commands. */
  public static final String JOB_SECTION = "job";

  /** The section of Flink's settings. */
  public static final String FLINK_SECTION = "flink";

  public ConfigFile {
    values = Map.copyOf(values);
  }

  /**
   * Reads the file that {@code --config} names, wherever it stands in the arguments.
   *
   * @param fallback the file's name where no argument names one; empty: no file
   * @throws IllegalArgumentException if the file cannot be read or is no YAML of sections and
   *     values
   */
  public static ConfigFile load(List<String> arguments, String fallback) {
    String name = fallback;
    for (int i = 0; i < arguments.size(); i++) {
      if (isOption(arguments.get(i))) {
        name = arguments.get(i).substring(OPTION.length() + 1);
      } else if (arguments.get(i).equals(OPTION)) {
        if (i + 1 == arguments.size()) {
          throw new IllegalArgumentException(OPTION + " has no value; expected a file");
        }
        name = arguments.get(++i);
      }
    }
    return name.isEmpty() ? new ConfigFile("", Map.of()) : read(name);
  }

  /** Returns whether an argument is {@code --config=FILE}. */
  static boolean isOption(String argument) {
    return argument.startsWith(OPTION + "=");
  }

  private static ConfigFile read(String name) {
    Map<String, String> values = new LinkedHashMap<>();
    flatten("", parse(name), values);
    return new ConfigFile(name, values);
  }

  /** Returns the value of an option in its section, else on the top level. */
  public Optional<String> find(String section, String option) {
    return Optional.ofNullable(values.get(section + "." + option))
        .or(() -> Optional.ofNullable(values.get(option)));
  }

  /** Returns the values of a section, by their paths below it. */
  public Map<String, String> section(String section) {
    Map<String, String> found = new LinkedHashMap<>();
    String prefix = section + ".";
    values.forEach(
        (key, value) -> {
          if (key.startsWith(prefix)) {
            found.put(key.substring(prefix.length()), value);
          }
        });
    return found;
  }

  private static JsonNode parse(String name) {
    try {
      JsonNode root = new YAMLMapper().readTree(Files.readString(Path.of(name)));
      if (!root.isObject() && !root.isMissingNode()) {
        throw new IllegalArgumentException(
            "config file "
                + name
                + " holds no 'key: value' lines; expected a YAML file of options and sections");
      }
      return root;
    } catch (IOException e) {
      throw new IllegalArgumentException("config file " + name + " cannot be read: " + e, e);
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
