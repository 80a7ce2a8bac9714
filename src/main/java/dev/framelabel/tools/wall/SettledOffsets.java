package dev.framelabel.tools.wall;

import dev.framelabel.event.SourcePosition;
import java.util.HashMap;
import java.util.Map;

/** Offsets of records that are known to be committed or aborted. Not thread-safe. */
final class SettledOffsets {
  private final Map<SourcePosition, Range> ranges = new HashMap<>();

  /** Adds a settled range; joins it to the one that ends where it begins. */
  void add(Range range) {
    ranges.merge(
        range.partitionStart(),
        range,
        (before, added) ->
            before.to() == added.from()
                ? new Range(before.topic(), before.partition(), before.from(), added.to())
                : added);
  }

  boolean contains(SourcePosition position) {
    Range range = ranges.get(new SourcePosition(position.topic(), position.partition(), 0));
    return range != null && range.contains(position);
  }

  /** The records of a partition from one offset to before another. */
  record Range(String topic, int partition, long from, long to) {
    boolean contains(SourcePosition position) {
      return position.partition() == partition
          && position.offset() >= from
          && position.offset() < to
          && position.topic().equals(topic);
    }

    private SourcePosition partitionStart() {
      return new SourcePosition(topic, partition, 0);
    }
  }
}
