package dev.framelabel.tools.wall;

import dev.framelabel.event.CameraStatus;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Outcome;
import java.time.Instant;

/** Listener to a {@link LiveFeed}. Called from several threads, one call at a time from each. */
public interface LiveListener {
  void frame(Frame frame, Instant arrivedAt);

  /** Takes a result; one that is not committed comes again once it is, or is withdrawn. */
  void outcome(Outcome outcome, FeedRecord arrival);

  /**
   * Notes that every committed result of that partition from an offset to before another has been
   * told. Those between that were told as not committed only are withdrawn: their transaction was
   * aborted.
   */
  void settled(String topic, int partition, long from, long to);

  void status(CameraStatus status);

  /** Notes a record of that topic that is not what the topic should hold. */
  void unreadable(String topic);

  /** Notes that records were passed over, because they came faster than they could be read. */
  void skipped(long records);

  /**
   * Takes the state of the brokers, every few seconds.
   *
   * @param fault for people; empty where all is well
   */
  void broker(boolean reachable, String fault);
}
