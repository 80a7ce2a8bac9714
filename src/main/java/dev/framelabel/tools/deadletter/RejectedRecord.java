package dev.framelabel.tools.deadletter;

import dev.framelabel.event.RejectedFrame;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;

/**
 * One record of the topic of rejected frames.
 *
 * @param partition of the rejected topic
 * @param offset in that partition
 * @param publishedAt when the broker took the record
 * @param headers those that the frame's sender wrote and the job carried on, and the job's own
 * @param content what the record says; empty where this version cannot read it
 */
public record RejectedRecord(
    int partition, long offset, Instant publishedAt, Headers headers, Optional<Content> content) {
  /**
   * A rejected frame as it stands in a record.
   *
   * @param frame with as much of its original as the record holds
   * @param originalBytes how long the original was; more than the record holds where it did not fit
   */
  public record Content(RejectedFrame frame, long originalBytes) {
    /** Returns whether the record holds the whole original. */
    public boolean whole() {
      return frame.original().length() == originalBytes;
    }
  }

  /** Returns where the record stands, as users name it: partition@offset. */
  public String position() {
    return partition + "@" + offset;
  }
}
