package dev.framelabel.kafka.sink.commit;

import dev.framelabel.event.SourcePosition;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The frames whose results a transaction holds, by the frames' offsets. Grows while the transaction
 * is written. Not thread-safe.
 */
final class FrameRanges {
  private static final int SHOWN = 20;

  /** Ranges of each partition, by its name. */
  private final Map<String, List<Range>> ranges = new TreeMap<>();

  private record Range(long first, long last) {}

  void add(SourcePosition position) {
    List<Range> found = ranges.computeIfAbsent(partition(position), name -> new ArrayList<>());
    long offset = position.offset();
    int end = found.size() - 1;
    if (end >= 0 && found.get(end).last() + 1 == offset) {
      found.set(end, new Range(found.get(end).first(), offset));
    } else {
      found.add(new Range(offset, offset));
    }
  }

  boolean contains(SourcePosition position) {
    return ranges.getOrDefault(partition(position), List.of()).stream()
        .anyMatch(range -> range.first() <= position.offset() && position.offset() <= range.last());
  }

  private static String partition(SourcePosition position) {
    return position.topic() + "-" + position.partition();
  }

  /** Returns the number of frames. */
  long count() {
    return ranges.values().stream()
        .flatMap(List::stream)
        .mapToLong(range -> range.last() - range.first() + 1)
        .sum();
  }

  void write(DataOutput out) throws IOException {
    out.writeInt(ranges.size());
    for (Map.Entry<String, List<Range>> entry : ranges.entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeInt(entry.getValue().size());
      for (Range range : entry.getValue()) {
        out.writeLong(range.first());
        out.writeLong(range.last());
      }
    }
  }

  static FrameRanges read(DataInput in) throws IOException {
    FrameRanges result = new FrameRanges();
    int partitions = in.readInt();
    for (int p = 0; p < partitions; p++) {
      List<Range> found = new ArrayList<>();
      result.ranges.put(in.readUTF(), found);
      int count = in.readInt();
      for (int r = 0; r < count; r++) {
        found.add(new Range(in.readLong(), in.readLong()));
      }
    }
    return result;
  }

  /** Returns all ranges in the form that {@code --frame-offsets} takes. */
  String text() {
    return String.join(",", parts());
  }

  /** Returns {@link #text}, cut after 20 ranges, for log lines. */
  @Override
  public String toString() {
    List<String> parts = parts();
    return parts.stream().limit(SHOWN).collect(Collectors.joining(","))
        + (parts.size() > SHOWN ? " and " + (parts.size() - SHOWN) + " more ranges" : "");
  }

  private List<String> parts() {
    return ranges.entrySet().stream()
        .flatMap(
            entry -> entry.getValue().stream().map(range -> entry.getKey() + "@" + text(range)))
        .toList();
  }

  private static String text(Range range) {
    return range.first() == range.last()
        ? Long.toString(range.first())
        : range.first() + ".." + range.last();
  }
}
