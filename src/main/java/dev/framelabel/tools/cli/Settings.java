package dev.framelabel.tools.cli;

import dev.framelabel.config.ConfigFile;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Options that the user set without the command line: in the environment, else in a file.
 *
 * @param environment variables of the process
 */
record Settings(Map<String, String> environment, ConfigFile file) {
  private static final String PREFIX = "FRAMELABEL_";
  private static final String FILE_VARIABLE = PREFIX + "CONFIG";

  /** Kubernetes gives pods a variable NAME_PORT for each service, with such a value. */
  private static final String SERVICE_ADDRESS = "tcp://";

  Settings {
    environment = Map.copyOf(environment);
  }

  /**
   * Reads the file that {@code --config} names, else {@code FRAMELABEL_CONFIG}.
   *
   * @throws IllegalArgumentException if it cannot be read or is no YAML of sections and values
   */
  static Settings load(Map<String, String> environment, List<String> arguments) {
    return new Settings(
        environment, ConfigFile.load(arguments, environment.getOrDefault(FILE_VARIABLE, "")));
  }

  /**
   * Returns the value of an option: of its section in the environment, of all sections in the
   * environment, then the same in the file.
   *
   * @param section such as {@code topics-create}
   * @param option such as {@code partitions}
   */
  Optional<String> find(String section, String option) {
    return variable(section + "-" + option)
        .or(() -> variable(option))
        .or(() -> file.find(section, option));
  }

  private Optional<String> variable(String name) {
    String value = environment.get(PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_'));
    return Optional.ofNullable(value).filter(found -> !found.startsWith(SERVICE_ADDRESS));
  }
}
