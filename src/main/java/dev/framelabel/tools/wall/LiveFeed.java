package dev.framelabel.tools.wall;

import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.kafka.source.IncomingRecords;
import dev.framelabel.wire.CameraStatuses;
import dev.framelabel.wire.ImageEvents;
import dev.framelabel.wire.LabelledFrames;
import dev.framelabel.wire.RejectedFrames;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * Reader of frames, results and camera statuses as they come, for people to look at. It belongs to
 * no consumer group, commits nothing, and passes over what it cannot keep up with: it never holds
 * anything up.
 *
 * <p>Results are read twice. A first reader sees those of open transactions too, so that a hanging
 * transaction does not freeze the view; a second one sees only what is committed, and confirms.
 * Results that the second reader passes without seeing them were aborted.
 */
public final class LiveFeed implements AutoCloseable {
  private static final Duration FRAMES_BACK = Duration.ofSeconds(5);
  private static final Duration OUTCOMES_BACK = Duration.ofSeconds(60);
  private static final Duration ALL_BACK = Duration.ofDays(36_500);

  private final LiveTopics topics;
  private final LiveListener listener;
  // One time for both readers: the one that confirms must not begin after the other.
  private final Instant begun = Instant.now();
  private final List<AutoCloseable> parts = new ArrayList<>();

  /**
   * Starts at once.
   *
   * @param client properties of the Kafka client, {@code bootstrap.servers} among them
   * @param committedOnly show nothing that is not committed
   */
  public LiveFeed(
      Map<String, String> client, LiveTopics topics, boolean committedOnly, LiveListener listener) {
    this.topics = topics;
    this.listener = listener;
    if (!committedOnly) {
      parts.add(start(client, IsolationLevel.READ_UNCOMMITTED, true));
    }
    parts.add(start(client, IsolationLevel.READ_COMMITTED, committedOnly));
    parts.add(new BrokerWatch(client, topics.all(), listener));
  }

  private TailReader start(
      Map<String, String> client, IsolationLevel isolation, boolean everything) {
    List<TailReader.Tail> tails = new ArrayList<>();
    topics.outcomes().forEach(topic -> tails.add(new TailReader.Tail(topic, OUTCOMES_BACK)));
    if (everything) {
      tails.add(new TailReader.Tail(topics.frames(), FRAMES_BACK));
      tails.add(new TailReader.Tail(topics.cameras(), ALL_BACK));
    }
    Receiver receiver = new Receiver(isolation == IsolationLevel.READ_COMMITTED, everything);
    return new TailReader(client, isolation, tails, begun, receiver);
  }

  /** One reader's codecs, which are not thread-safe. */
  private final class Receiver implements TailReader.Receiver {
    private final boolean committed;
    private final boolean everything;
    private final ImageEvents frames = new ImageEvents();
    private final LabelledFrames labelled = new LabelledFrames();
    private final RejectedFrames rejected = new RejectedFrames(Integer.MAX_VALUE);
    private final CameraStatuses statuses = new CameraStatuses();

    Receiver(boolean committed, boolean everything) {
      this.committed = committed;
      this.everything = everything;
    }

    @Override
    public void take(ConsumerRecord<byte[], byte[]> entry) {
      try {
        if (entry.topic().equals(topics.frames())) {
          takeFrame(entry);
        } else if (entry.value() == null) {
          // A deleted key of the compacted topic of cameras.
          return;
        } else if (entry.topic().equals(topics.labels())) {
          listener.outcome(labelled.read(entry.value()), arrival(entry));
        } else if (entry.topic().equals(topics.rejected())) {
          listener.outcome(rejected.read(entry.value()), arrival(entry));
        } else {
          listener.status(statuses.read(entry.value()));
        }
      } catch (IOException | RuntimeException e) {
        // Any bytes may stand in a topic; a view for people shows how many it could not read.
        if (everything) {
          listener.unreadable(entry.topic());
        }
      }
    }

    private FeedRecord arrival(ConsumerRecord<byte[], byte[]> entry) {
      return new FeedRecord(
          Instant.ofEpochMilli(entry.timestamp()),
          new SourcePosition(entry.topic(), entry.partition(), entry.offset()),
          committed);
    }

    @Override
    public void passed(TopicPartition partition, long from, long to) {
      if (committed && topics.outcomes().contains(partition.topic())) {
        listener.settled(partition.topic(), partition.partition(), from, to);
      }
    }

    @Override
    public void skipped(long records) {
      listener.skipped(records);
    }

    private void takeFrame(ConsumerRecord<byte[], byte[]> entry) {
      // What is no frame comes back on the rejected topic, with its reason.
      if (frames.read(IncomingRecords.frame(entry), Instant.now()) instanceof Frame frame
          && frame.image().format() != Image.Format.REFERENCE) {
        listener.frame(frame, Instant.ofEpochMilli(entry.timestamp()));
      }
    }
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable part : parts) {
      part.close();
    }
  }
}
