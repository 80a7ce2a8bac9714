package dev.framelabel.tools.camera;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Source of the pictures that come into a folder, each once it has stopped growing, as they are. A
 * picture that is written again counts as new. What lay there at the start is left alone. The
 * capture time is the file's. Not thread-safe; lives as long as the camera, so that nothing is lost
 * while the folder is away.
 */
final class WatchedFolder implements PictureSource {
  private static final long STEP_MILLIS = 200;

  private final Path folder;
  private Map<Path, Version> last = Map.of();
  private final Map<Path, Version> refused = new HashMap<>();
  private Map<Path, Version> taken;

  WatchedFolder(Path folder) {
    this.folder = folder;
  }

  /** One state of a file. */
  private record Version(Instant modifiedAt, long size) {
    /** Version of what is no file, or cannot be asked: it does not change. */
    static final Version NO_FILE = new Version(Instant.EPOCH, 1);

    static Version of(BasicFileAttributes file) {
      return file.isRegularFile()
          ? new Version(file.lastModifiedTime().toInstant(), file.size())
          : NO_FILE;
    }
  }

  @Override
  public void read(Sink sink) throws IOException, InterruptedException {
    if (taken == null) {
      taken = new HashMap<>(look());
    }
    while (!sink.stops()) {
      Map<Path, Version> present = look();
      taken.keySet().retainAll(present.keySet());
      refused.keySet().retainAll(present.keySet());
      for (Path picture : grown(present)) {
        take(picture, present.get(picture), sink);
      }
      last = present;
      sink.alive();
      TimeUnit.MILLISECONDS.sleep(STEP_MILLIS);
    }
  }

  /** Returns new pictures that were the same a moment ago, the oldest first. */
  private List<Path> grown(Map<Path, Version> present) {
    List<Path> ready = new ArrayList<>();
    present.forEach(
        (picture, version) -> {
          if (version.size() > 0
              && !version.equals(taken.get(picture))
              && version.equals(last.get(picture))) {
            ready.add(picture);
          }
        });
    ready.sort(
        Comparator.comparing((Path picture) -> present.get(picture).modifiedAt())
            .thenComparing(Comparator.naturalOrder()));
    return ready;
  }

  private void take(Path picture, Version version, Sink sink)
      throws IOException, InterruptedException {
    byte[] file;
    try {
      file = FolderSource.read(picture);
    } catch (NoSuchFileException e) {
      // Taken away before its turn.
      return;
    } catch (IOException e) {
      // Said once, and tried again: the one who writes it may let us read it later.
      if (!version.equals(refused.put(picture, version))) {
        sink.refuse(FolderSource.refusal(picture, e));
      }
      return;
    }
    sink.take(CapturedPicture.of(file, Optional.of(version.modifiedAt())));
    taken.put(picture, version);
  }

  private Map<Path, Version> look() throws IOException {
    Map<Path, Version> found = new HashMap<>();
    for (Path picture : FolderSource.pictures(folder)) {
      try {
        found.put(picture, Version.of(Files.readAttributes(picture, BasicFileAttributes.class)));
      } catch (NoSuchFileException e) {
        // Taken away since the folder was listed.
      } catch (IOException e) {
        found.put(picture, Version.NO_FILE);
      }
    }
    return found;
  }
}
