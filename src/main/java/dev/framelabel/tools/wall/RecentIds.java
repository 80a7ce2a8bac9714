package dev.framelabel.tools.wall;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.zip.CRC32C;

/**
 * Memory of the ids that were seen lately, which never grows: 8 bytes for each of the newest. Two
 * ids are taken for one if 64 bits of checksums agree. Not thread-safe.
 */
final class RecentIds {
  private final long[] newest;
  private int count;
  private int next;

  RecentIds(int size) {
    this.newest = new long[size];
  }

  /**
   * Remembers an id; forgets the oldest for it where there are too many.
   *
   * @return whether it was unknown
   */
  boolean add(String id) {
    long print = print(id);
    for (int i = 0; i < count; i++) {
      if (newest[i] == print) {
        return false;
      }
    }
    newest[next] = print;
    next = (next + 1) % newest.length;
    count = Math.min(count + 1, newest.length);
    return true;
  }

  private static long print(String id) {
    CRC32C sum = new CRC32C();
    sum.update(id.getBytes(UTF_8));
    return (sum.getValue() << 32) | (id.hashCode() & 0xFFFF_FFFFL);
  }
}
