package dev.framelabel;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.JarURLConnection;
import java.net.URL;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import org.apache.flink.autoscaler.config.AutoScalerOptions;
import org.apache.flink.configuration.ConfigOption;

/** The settings that the Flink on the class path declares, by key. */
final class FlinkKeys {
  private static final String PACKAGE = "org/apache/flink/configuration";

  private FlinkKeys() {}

  /** All {@link ConfigOption} constants in Flink's configuration package. */
  static Map<String, ConfigOption<?>> declared() throws IOException, ReflectiveOperationException {
    Map<String, ConfigOption<?>> options = new TreeMap<>();
    ClassLoader loader = FlinkKeys.class.getClassLoader();
    for (URL folder : Collections.list(loader.getResources(PACKAGE))) {
      if (folder.openConnection() instanceof JarURLConnection jar) {
        for (JarEntry entry : Collections.list(jar.getJarFile().entries())) {
          if (entry.getName().matches(PACKAGE + "/\\w+\\.class")) {
            String name = entry.getName().replace('/', '.').replaceAll("\\.class$", "");
            addConstants(Class.forName(name, false, loader), options);
          }
        }
      }
    }
    return options;
  }

  /** Those of the Kubernetes operator's autoscaler. */
  static Map<String, ConfigOption<?>> ofAutoscaler() throws ReflectiveOperationException {
    Map<String, ConfigOption<?>> options = new TreeMap<>();
    addConstants(AutoScalerOptions.class, options);
    return options;
  }

  private static void addConstants(Class<?> type, Map<String, ConfigOption<?>> options)
      throws ReflectiveOperationException {
    for (Field field : type.getFields()) {
      if (Modifier.isStatic(field.getModifiers()) && field.getType() == ConfigOption.class) {
        ConfigOption<?> option = (ConfigOption<?>) field.get(null);
        options.put(option.key(), option);
      }
    }
  }
}
