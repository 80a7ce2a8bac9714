package dev.framelabel.kafka;

import dev.framelabel.event.CameraStatus;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Outcome;
import java.time.Instant;

/** What a {@link LiveFeed} tells. Called from several threads, one call at a time from each. */
public interface LiveListener {
  void frame(Frame frame, Instant arrivedAt);

  /**
   * @param committed whether the result is final; one that is not may come again, or be withdrawn
   */
  void outcome(Outcome outcome, boolean committed, Instant arrivedAt);

  void status(CameraStatus status);

  /** A record of that topic that is not what the topic should hold. */
  void unreadable(String topic);

  /** So many records were passed over, because they came faster than they could be read. */
  void skipped(long records);

  /**
   * How the brokers do, every few seconds.
   *
   * @param fault for people; empty where all is well
   */
  void broker(boolean reachable, String fault);
}
