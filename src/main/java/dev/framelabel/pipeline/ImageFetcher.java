package dev.framelabel.pipeline;

import dev.framelabel.config.ImageReferenceException;
import dev.framelabel.config.ImageUriPrefixes;
import dev.framelabel.event.RejectionKind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** Reads image files through Flink's file systems: local ones, and those of Flink's plugins. */
final class ImageFetcher {
  private final ImageUriPrefixes places;
  private final int maxBytes;

  ImageFetcher(ImageUriPrefixes places, int maxBytes) {
    this.places = places;
    this.maxBytes = maxBytes;
  }

  /** A file's bytes. Blocks; called on several threads. */
  byte[] read(String text) throws ImageReferenceException, IOException {
    URI uri = places.check(text);
    try {
      Path path =
          ImageUriPrefixes.isFile(uri) ? new Path(places.checkReal(uri).toUri()) : new Path(uri);
      FileSystem files = path.getFileSystem();
      FileStatus status = files.getFileStatus(path);
      if (status.isDir()) {
        throw new ImageReferenceException(RejectionKind.IMAGE_NOT_FOUND, text + " is a folder");
      }
      checkSize(text, status.getLen());
      try (InputStream in = files.open(path)) {
        // A file may grow while it is read.
        byte[] bytes = in.readNBytes(maxBytes == Integer.MAX_VALUE ? maxBytes : maxBytes + 1);
        checkSize(text, bytes.length);
        return bytes;
      }
    } catch (FileNotFoundException | NoSuchFileException e) {
      throw new ImageReferenceException(RejectionKind.IMAGE_NOT_FOUND, "no file is at " + text);
    }
  }

  private void checkSize(String text, long bytes) throws ImageReferenceException {
    if (bytes > maxBytes) {
      throw new ImageReferenceException(
          RejectionKind.IMAGE_TOO_LARGE,
          text + " has " + bytes + " bytes or more; --max-image-size allows " + maxBytes);
    }
  }
}
