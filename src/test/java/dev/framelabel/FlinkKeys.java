package dev.framelabel;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.JarURLConnection;
import java.net.URL;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import org.apache.flink.configuration.ConfigOption;

/** The setting keys that the Flink on the class path declares. */
final class FlinkKeys {
  private static final String PACKAGE = "org/apache/flink/configuration";

  private FlinkKeys() {}

  /** Keys of all {@link ConfigOption} constants in Flink's configuration package. */
  static Set<String> declared() throws IOException, ReflectiveOperationException {
    Set<String> keys = new TreeSet<>();
    ClassLoader loader = FlinkKeys.class.getClassLoader();
    for (URL folder : Collections.list(loader.getResources(PACKAGE))) {
      if (folder.openConnection() instanceof JarURLConnection jar) {
        for (JarEntry entry : Collections.list(jar.getJarFile().entries())) {
          if (entry.getName().matches(PACKAGE + "/\\w+\\.class")) {
            String name = entry.getName().replace('/', '.').replaceAll("\\.class$", "");
            addConstants(Class.forName(name, false, loader), keys);
          }
        }
      }
    }
    return keys;
  }

  private static void addConstants(Class<?> type, Set<String> keys)
      throws ReflectiveOperationException {
    for (Field field : type.getFields()) {
      if (Modifier.isStatic(field.getModifiers()) && field.getType() == ConfigOption.class) {
        keys.add(((ConfigOption<?>) field.get(null)).key());
      }
    }
  }
}
