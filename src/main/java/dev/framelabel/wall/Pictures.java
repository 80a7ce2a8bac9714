package dev.framelabel.wall;

import dev.framelabel.event.Image;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The newest pictures by frame id, in bounded memory. Thread-safe. */
final class Pictures {
  private final long maxBytes;
  private final Map<String, Image> kept = new LinkedHashMap<>();
  private long bytes;

  Pictures(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  synchronized void put(String frameId, Image image) {
    Image before = kept.put(frameId, image);
    bytes += image.bytes().length() - (before == null ? 0 : before.bytes().length());
    Iterator<Image> oldest = kept.values().iterator();
    while (bytes > maxBytes && oldest.hasNext()) {
      bytes -= oldest.next().bytes().length();
      oldest.remove();
    }
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
