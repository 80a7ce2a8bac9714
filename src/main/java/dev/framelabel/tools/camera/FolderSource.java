package dev.framelabel.tools.camera;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The pictures of a folder, by name, as they are. */
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
      sink.take(CapturedPicture.of(Files.readAllBytes(picture)));
    }
  }

  static List<Path> pictures(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(FolderSource::isPicture).sorted().toList();
    }
  }

  private static boolean isPicture(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return !name.startsWith(".") && ENDINGS.stream().anyMatch(name::endsWith);
  }
}
