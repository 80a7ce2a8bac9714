package dev.framelabel.testing.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** Job jars for tests: the product's job jar with another main class. */
public final class TestJobJar {
  private TestJobJar() {}

  /**
   * Writes a job jar with the classes of the product's job jar and some of the tests'.
   *
   * @param jobJar the product's
   * @param target the file to write
   * @param main the main class
   * @param more classes that the main class needs; nested classes come with each
   * @return the target
   */
  public static Path write(Path jobJar, Path target, Class<?> main, Class<?>... more)
      throws IOException {
    try (JarFile job = new JarFile(jobJar.toFile());
        OutputStream file = Files.newOutputStream(target);
        JarOutputStream out = new JarOutputStream(file, manifest(main))) {
      for (JarEntry entry : Collections.list(job.entries())) {
        if (!entry.getName().equals(JarFile.MANIFEST_NAME)) {
          out.putNextEntry(new JarEntry(entry.getName()));
          try (InputStream in = job.getInputStream(entry)) {
            in.transferTo(out);
          }
        }
      }
      add(main, out);
      for (Class<?> one : more) {
        add(one, out);
      }
    }
    return target;
  }

  private static Manifest manifest(Class<?> main) {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, main.getName());
    return manifest;
  }

  private static void add(Class<?> one, JarOutputStream out) throws IOException {
    String folder = one.getPackageName().replace('.', '/') + "/";
    for (Path path : classFiles(one, folder)) {
      out.putNextEntry(new JarEntry(folder + path.getFileName()));
      Files.copy(path, out);
    }
  }

  private static List<Path> classFiles(Class<?> one, String folder) throws IOException {
    String name = one.getSimpleName();
    try (Stream<Path> files = Files.list(root(one).resolve(folder))) {
      return files
          .filter(
              file -> {
                String own = file.getFileName().toString();
                return own.equals(name + ".class") || own.startsWith(name + "$");
              })
          .toList();
    }
  }

  /** Returns the folder that the class was loaded from. */
  private static Path root(Class<?> one) {
    try {
      return Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
