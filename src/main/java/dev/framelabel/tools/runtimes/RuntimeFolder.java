package dev.framelabel.tools.runtimes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.codec.digest.MessageDigestAlgorithms;

/**
 * The folder of installed plug-in execution providers: a folder for each.
 *
 * @param path of the folder; need not exist
 */
public record RuntimeFolder(Path path) {
  private static final String VERSION = "VERSION";

  /**
   * Unpacks a package's libraries into a folder of the provider's name, in place of what is there.
   *
   * @param wheel the package's file
   * @return the folder
   * @throws IllegalArgumentException if the file is another one than the package's
   * @throws IOException if it cannot be read or the folder cannot be written; what was installed
   *     before stays then
   */
  public Path install(RuntimePackage wanted, Path wheel) throws IOException {
    String found = new DigestUtils(MessageDigestAlgorithms.SHA_256).digestAsHex(wheel);
    if (!found.equals(wanted.sha256())) {
      throw new IllegalArgumentException(
          "%s has sha256 %s; expected %s, which is %s"
              .formatted(wheel, found, wanted.sha256(), wanted.wheel()));
    }
    Files.createDirectories(path);
    Path made = Files.createTempDirectory(path, "." + wanted.name());
    try {
      unpack(wheel, wanted.folder(), made);
      Files.writeString(made.resolve(VERSION), wanted.version() + "\n");
      made.toFile().setExecutable(true, false);
      made.toFile().setReadable(true, false);
      return replace(made, folder(wanted.name()));
    } finally {
      delete(made);
    }
  }

  private static Path replace(Path made, Path folder) throws IOException {
    Path old = made.resolveSibling(made.getFileName() + ".old");
    boolean there = Files.exists(folder);
    if (there) {
      Files.move(folder, old, StandardCopyOption.ATOMIC_MOVE);
    }
    try {
      Files.move(made, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (there) {
        Files.move(old, folder, StandardCopyOption.ATOMIC_MOVE);
      }
      throw e;
    }
    delete(old);
    return folder;
  }

  private static void unpack(Path wheel, String folder, Path into) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(wheel))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String name =
            entry.getName().startsWith(folder) ? entry.getName().substring(folder.length()) : "";
        if (!name.isEmpty() && !name.contains("/") && !name.endsWith(".py")) {
          Files.copy(zip, into.resolve(name));
        }
      }
    }
  }

  /** Returns the version of an installed provider; empty if it is not installed here. */
  public Optional<String> version(String name) throws IOException {
    try {
      return Optional.of(Files.readString(folder(name).resolve(VERSION)).strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Returns the bytes of an installed provider's files. */
  public long bytes(String name) throws IOException {
    long bytes = 0;
    for (Path file : files(folder(name))) {
      bytes += Files.isRegularFile(file) ? Files.size(file) : 0;
    }
    return bytes;
  }

  /**
   * Removes an installed provider.
   *
   * @return whether it was there
   */
  public boolean remove(String name) throws IOException {
    boolean there = Files.exists(folder(name));
    delete(folder(name));
    return there;
  }

  /** Returns the folder of a provider, which need not exist. */
  public Path folder(String name) {
    return path.resolve(name);
  }

  private static void delete(Path folder) throws IOException {
    for (Path file : files(folder)) {
      Files.delete(file);
    }
  }

  /** Returns the folder and all that is in it, what is in a folder before it. */
  private static List<Path> files(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
