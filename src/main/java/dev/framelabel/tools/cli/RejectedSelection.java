package dev.framelabel.tools.cli;

import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.tools.deadletter.RejectedRecord;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** Selection of rejected records: those of a topic that fit every option that is given. */
final class RejectedSelection {
  @Option(names = "--rejected-topic")
  private String topic;

  @Option(
      names = "--kind",
      split = ",",
      paramLabel = "KIND",
      description = "Only frames of these kinds: ${COMPLETION-CANDIDATES}.")
  private Set<RejectionKind> kinds = Set.of();

  @Option(
      names = "--camera",
      split = ",",
      paramLabel = "ID",
      description = "Only frames of these cameras.")
  private Set<String> cameras = Set.of();

  @Option(
      names = "--frame",
      split = ",",
      paramLabel = "ID",
      description = "Only frames with these frame ids.")
  private Set<String> frames = Set.of();

  @Option(
      names = "--at",
      split = ",",
      paramLabel = "PARTITION@OFFSET",
      description = "Only the records at these positions of the rejected topic.")
  private Set<String> positions = Set.of();

  @Option(
      names = {"--from", "--since"},
      paramLabel = "TIME",
      description =
          "Only records that were published at this UTC time or later (2026-01-31T12:00:00Z).")
  private Instant from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      description = "Only records that were published before this UTC time.")
  private Instant to;

  String topic() {
    return topic;
  }

  Optional<Instant> from() {
    return Optional.ofNullable(from);
  }

  boolean includes(RejectedRecord rejected) {
    return fits(positions, rejected.position())
        && (from == null || !rejected.publishedAt().isBefore(from))
        && (to == null || rejected.publishedAt().isBefore(to))
        && rejected.content().map(content -> includes(content.frame())).orElse(isOpen());
  }

  private boolean includes(RejectedFrame frame) {
    return fits(kinds, frame.kind())
        && fits(cameras, frame.cameraId())
        && fits(frames, frame.frameId());
  }

  /** Returns whether no option asks for what a record says. */
  private boolean isOpen() {
    return kinds.isEmpty() && cameras.isEmpty() && frames.isEmpty();
  }

  /** Returns whether no option is given. */
  boolean isEmpty() {
    return isOpen() && positions.isEmpty() && from == null && to == null;
  }

  private static <T> boolean fits(Set<T> wanted, T found) {
    return wanted.isEmpty() || wanted.contains(found);
  }
}
