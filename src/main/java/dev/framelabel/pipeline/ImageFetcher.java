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

/** Reader of image files through Flink's file systems: local ones, and those of Flink's plugins. */
final class ImageFetcher {
  private final ImageUriPrefixes places;
  private final int maxBytes;

  ImageFetcher(ImageUriPrefixes places, int maxBytes) {
    this.places = places;
    this.maxBytes = maxBytes;
  }

  /** Finds a file and its size. Blocks; called on several threads. */
  ClaimCheck.Found find(String text) throws ImageReferenceException, IOException {
    URI uri = places.check(text);
    try {
      Path path =
          ImageUriPrefixes.isFile(uri) ? new Path(places.checkReal(uri).toUri()) : new Path(uri);
      FileSystem files = path.getFileSystem();
      FileStatus status = files.getFileStatus(path);
      if (status.isDir()) {
        throw new ImageReferenceException(RejectionKind.IMAGE_NOT_FOUND, text + " is a folder");
      }
      if (status.getLen() < 0) {
        throw new ImageReferenceException(
            RejectionKind.IMAGE_READ_FAILED, text + " has no size that its file system knows");
      }
      if (status.getLen() > maxBytes) {
        throw new ImageReferenceException(
            RejectionKind.IMAGE_TOO_LARGE,
            text + " has " + status.getLen() + " bytes; --max-image-size allows " + maxBytes);
      }
      int size = (int) status.getLen();
      return new ClaimCheck.Found(size, () -> read(text, files, path, size));
    } catch (FileNotFoundException | NoSuchFileException e) {
      throw notFound(text);
    }
  }

  /** Reads no more than the size that was found, although a file may grow meanwhile. */
  private static byte[] read(String text, FileSystem files, Path path, int size)
      throws ImageReferenceException, IOException {
    try (InputStream in = files.open(path)) {
      byte[] bytes = new byte[size];
      if (in.readNBytes(bytes, 0, size) < size || in.read() >= 0) {
        throw new ImageReferenceException(
            RejectionKind.IMAGE_READ_FAILED,
            text + " had " + size + " bytes and was changed while it was read; write it first");
      }
      return bytes;
    } catch (FileNotFoundException | NoSuchFileException e) {
      throw notFound(text);
    }
  }

  private static ImageReferenceException notFound(String text) {
    return new ImageReferenceException(RejectionKind.IMAGE_NOT_FOUND, "no file is at " + text);
  }
}
