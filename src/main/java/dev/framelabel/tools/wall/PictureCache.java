package dev.framelabel.tools.wall;

import dev.framelabel.event.Image;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The newest pictures by frame id, in bounded memory; one that would take more than an eighth of it
 * is not kept. Thread-safe.
 */
final class PictureCache {
  /** Bytes of an entry beside the picture, more or less. */
  private static final int ENTRY_BYTES = 200;

  private final long maxBytes;
  private final Map<String, Image> kept = new LinkedHashMap<>();
  private long bytes;

  PictureCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  synchronized void put(String frameId, Image image) {
    if (size(frameId, image) > maxBytes / 8) {
      return;
    }
    Image before = kept.put(frameId, image);
    bytes += size(frameId, image) - (before == null ? 0 : size(frameId, before));
    Iterator<Map.Entry<String, Image>> oldest = kept.entrySet().iterator();
    while (bytes > maxBytes) {
      Map.Entry<String, Image> entry = oldest.next();
      bytes -= size(entry.getKey(), entry.getValue());
      oldest.remove();
    }
  }

  private static long size(String frameId, Image image) {
    return (long) ENTRY_BYTES + 2L * frameId.length() + image.bytes().length();
  }

  synchronized Optional<Image> get(String frameId) {
    return Optional.ofNullable(kept.get(frameId));
  }

  synchronized boolean contains(String frameId) {
    return kept.containsKey(frameId);
  }

  synchronized long bytes() {
    return bytes;
  }
}
