package dev.framelabel.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.framelabel.text.TextFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

  private static final YAMLFactory YAML =
      YAMLFactory.builder()
          .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

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
    try (JsonParser parser = YAML.createParser(TextFile.read(Path.of(name)))) {
      JsonToken root = parser.nextToken();
      if (root != null && root != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException(
            "config file %s holds no 'key: value' lines; expected a YAML file of options and sections"
                .formatted(name));
      }
      return new ConfigFile(name, values(parser));
    } catch (IOException e) {
      throw new IllegalArgumentException("config file " + name + " cannot be read: " + e, e);
    }
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

  /** Takes each value as it is written: as a number, {@code 1.10} would become 1.1. */
  private static Map<String, String> values(JsonParser parser) throws IOException {
    Map<String, String> values = new LinkedHashMap<>();
    for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
      if (token.isScalarValue() && token != JsonToken.VALUE_NULL) {
        boolean element = parser.getParsingContext().inArray();
        String path = path(parser.getParsingContext());
        String before = element && values.containsKey(path) ? values.get(path) + "," : "";
        values.put(path, before + parser.getText());
      }
    }
    return values;
  }

  private static String path(JsonStreamContext at) {
    List<String> names = new ArrayList<>();
    for (JsonStreamContext above = at; above != null; above = above.getParent()) {
      if (above.inObject()) {
        names.add(0, above.getCurrentName());
      }
    }
    return String.join(".", names);
  }
}
