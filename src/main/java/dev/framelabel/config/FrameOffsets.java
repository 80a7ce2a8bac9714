package dev.framelabel.config;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Frames that a user names by their offsets, as in {@code frames-0@17..42,frames-1@5}.
 *
 * @param ranges by partition and offset; no two of them overlap
 */
public record FrameOffsets(List<Range> ranges) implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final Pattern RANGE =
      Pattern.compile("([a-zA-Z0-9._-]+)-(\\d{1,9})@(\\d{1,18})(?:\\.\\.(\\d{1,18}))?");

  /**
   * Offsets of one partition.
   *
   * @param last inclusive
   */
  public record Range(String topic, int partition, long first, long last) implements Serializable {
    private static final long serialVersionUID = 1L;

    public Range {
      if (first < 0 || last < first) {
        throw new IllegalArgumentException(
            "offsets %s..%s are not a range; expected FIRST..LAST with LAST not below FIRST"
                .formatted(first, last));
      }
    }

    public boolean contains(long offset) {
      return first <= offset && offset <= last;
    }

    private boolean isBehind(Range other) {
      return !topic.equals(other.topic) || partition != other.partition || first > other.last;
    }

    @Override
    public String toString() {
      return topic + "-" + partition + "@" + first + (first == last ? "" : ".." + last);
    }
  }

  /**
   * Sorts the ranges, and checks that no two overlap.
   *
   * @throws IllegalArgumentException if there is no range, or two overlap
   */
  public FrameOffsets {
    if (ranges.isEmpty()) {
      throw new IllegalArgumentException("no offsets are given; expected one range or more");
    }
    ranges =
        ranges.stream()
            .sorted(
                Comparator.comparing(Range::topic)
                    .thenComparing(Range::partition)
                    .thenComparing(Range::first))
            .toList();
    for (int i = 1; i < ranges.size(); i++) {
      if (!ranges.get(i).isBehind(ranges.get(i - 1))) {
        throw new IllegalArgumentException(
            ranges.get(i - 1) + " and " + ranges.get(i) + " overlap; expected each offset once");
      }
    }
  }

  /**
   * Reads what {@link #toString} writes; blanks after a comma are allowed.
   *
   * @throws IllegalArgumentException naming the part that is no range
   */
  public static FrameOffsets parse(String text) {
    List<Range> ranges = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      ranges.add(range(part.strip()));
    }
    return new FrameOffsets(ranges);
  }

  private static Range range(String text) {
    Matcher matcher = RANGE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a range; expected TOPIC-PARTITION@FIRST..LAST or TOPIC-PARTITION@OFFSET"
              .formatted(text));
    }
    long first = Long.parseLong(matcher.group(3));
    long last = matcher.group(4) == null ? first : Long.parseLong(matcher.group(4));
    return new Range(matcher.group(1), Integer.parseInt(matcher.group(2)), first, last);
  }

  /** Returns the form that {@code --frame-offsets} takes. */
  @Override
  public String toString() {
    return ranges.stream().map(Range::toString).collect(Collectors.joining(","));
  }
}
