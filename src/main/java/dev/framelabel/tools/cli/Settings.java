package dev.framelabel.tools.cli;

import dev.framelabel.config.ConfigFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the user set without the command line: in the environment, else in a YAML file.
 *
 * @param environment variables of the process
 * @param file values by dotted path, such as {@code wall.port}; empty without a file
 * @param fileName for messages
 */
record Settings(Map<String, String> environment, Map<String, String> file, String fileName) {
  static final String FLINK_SECTION = ConfigFile.FLINK_SECTION;
  private static final String PREFIX = "FRAMELABEL_";
  private static final String FILE_VARIABLE = PREFIX + "CONFIG";
  private static final String FILE_OPTION = "--config";

  /** Kubernetes gives pods a variable NAME_PORT for each service, with such a value. */
  private static final String SERVICE_ADDRESS = "tcp://";

  Settings {
    environment = Map.copyOf(environment);
    file = Map.copyOf(file);
  }

  /**
   * Reads the file that {@code --config} names, else {@code FRAMELABEL_CONFIG}.
   *
   * @throws IllegalArgumentException if it cannot be read or is no YAML of sections and values
   */
  static Settings load(Map<String, String> environment, List<String> arguments) {
    String name = environment.getOrDefault(FILE_VARIABLE, "");
    for (int i = 0; i < arguments.size(); i++) {
      if (arguments.get(i).startsWith(FILE_OPTION + "=")) {
        name = arguments.get(i).substring(FILE_OPTION.length() + 1);
      } else if (arguments.get(i).equals(FILE_OPTION) && i + 1 < arguments.size()) {
        name = arguments.get(i + 1);
      }
    }
    Map<String, String> values = new LinkedHashMap<>();
    if (!name.isEmpty()) {
      values.putAll(ConfigFile.read(Path.of(name)));
    }
    return new Settings(environment, values, name);
  }

  /**
   * The value of an option: of its section in the environment, of all sections in the environment,
   * then the same in the file.
   *
   * @param section such as {@code topics-create}
   * @param option such as {@code partitions}
   */
  Optional<String> find(String section, String option) {
    return variable(section + "-" + option)
        .or(() -> variable(option))
        .or(() -> Optional.ofNullable(file.get(section + "." + option)))
        .or(() -> Optional.ofNullable(file.get(option)));
  }

  private Optional<String> variable(String name) {
    String value = environment.get(PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_'));
    return Optional.ofNullable(value).filter(found -> !found.startsWith(SERVICE_ADDRESS));
  }

  /** Flink's settings in the file's section {@code flink}. */
  Map<String, String> flink() {
    return ConfigFile.section(FLINK_SECTION, file);
  }
}
