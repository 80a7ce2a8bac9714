package dev.framelabel.tools.camera;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Source of the pictures of a folder, by name, as they are. */
record FolderSource(Path folder) implements PictureSource {
  static final List<String> ENDINGS = List.of(".jpg", ".jpeg", ".png", ".webp");

  @Override
  public void read(Sink sink) throws IOException, InterruptedException {
    List<Path> pictures = pictures(folder);
    if (pictures.isEmpty()) {
      throw new IOException("folder " + folder + " has no picture; expected " + ENDINGS);
    }
    for (Path picture : pictures) {
      if (sink.stops()) {
        return;
      }
      byte[] file;
      try {
        file = read(picture);
      } catch (IOException e) {
        sink.refuse(refusal(picture, e));
        continue;
      }
      sink.take(CapturedPicture.of(file));
    }
  }

  static List<Path> pictures(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(FolderSource::isPicture).sorted().toList();
    }
  }

  /**
   * Reads a file that should be a picture, within the limit of all sources.
   *
   * @throws IOException if it is no picture file, cannot be read or is too large
   */
  static byte[] read(Path picture) throws IOException {
    BasicFileAttributes found = Files.readAttributes(picture, BasicFileAttributes.class);
    if (!found.isRegularFile()) {
      throw new IOException("it is not a regular file");
    }
    if (found.size() > CapturedPicture.MOST_BYTES) {
      throw new IOException(
          "it has " + found.size() + " bytes, more than " + CapturedPicture.MOST_BYTES);
    }
    try (BufferedInputStream in = new BufferedInputStream(Files.newInputStream(picture))) {
      Optional<String> instead = PictureFile.foundInstead(in, "", found.size());
      if (instead.isPresent()) {
        throw new IOException("it is no picture: " + instead.get());
      }
      return in.readNBytes(CapturedPicture.MOST_BYTES);
    }
  }

  /** Returns why a picture is skipped. */
  static String refusal(Path picture, IOException why) {
    String found =
        why instanceof AccessDeniedException ? "this user may not read it" : why.getMessage();
    return "skipped " + picture.getFileName() + ": " + found + "; expected a readable picture file";
  }

  private static boolean isPicture(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return !name.startsWith(".") && ENDINGS.stream().anyMatch(name::endsWith);
  }
}
