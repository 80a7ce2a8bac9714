package dev.framelabel.camera;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** The pictures of a folder, by name, as they are. */
record FolderSource(Path folder) implements PictureSource {
  private static final List<String> ENDINGS = List.of(".jpg", ".jpeg", ".png", ".webp");

  @Override
  public void read(Sink sink, BooleanSupplier stop) throws IOException, InterruptedException {
    List<Path> pictures;
    try (Stream<Path> files = Files.list(folder)) {
      pictures = files.filter(FolderSource::isPicture).sorted().toList();
    }
    if (pictures.isEmpty()) {
      throw new IOException("folder " + folder + " has no picture; expected " + ENDINGS);
    }
    for (Path picture : pictures) {
      if (stop.getAsBoolean()) {
        return;
      }
      sink.take(Files.readAllBytes(picture));
    }
  }

  private static boolean isPicture(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith);
  }
}
