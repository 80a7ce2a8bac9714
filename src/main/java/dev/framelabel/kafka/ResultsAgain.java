package dev.framelabel.kafka;

import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.kafka.sink.OutcomeRecords;
import dev.framelabel.kafka.sink.commit.Relabelling;
import dev.framelabel.kafka.source.FrameReaderFactory;
import dev.framelabel.kafka.source.IncomingRecords;
import dev.framelabel.tools.deadletter.RejectedRecords;
import dev.framelabel.wire.ImageEvents;
import dev.framelabel.wire.RegistryException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.NoSuchElementException;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads frames by their offsets, has them labelled, and makes the records of their results. */
public final class ResultsAgain implements Relabelling {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ResultsAgain.class);

  private final Map<String, String> client;
  private final FrameReaderFactory reading;
  private final OutcomeRecords records;
  private final FrameLabeller labeller;

  public ResultsAgain(KafkaOptions options, FrameLabeller labeller) {
    this.client = options.client();
    this.reading = FrameReaderFactory.of(options);
    this.records = new OutcomeRecords(options);
    this.labeller = labeller;
  }

  @Override
  public List<SourcePosition> run(
      List<SourcePosition> frames, Consumer<ProducerRecord<byte[], byte[]>> results)
      throws IOException, InterruptedException {
    LOG.warn("{} frames are read and labelled again, from {}", frames.size(), frames.get(0));
    // As the source reads them.
    String isolation =
        client.getOrDefault(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
    try (KafkaConsumer<byte[], byte[]> consumer = RejectedRecords.consumer(client, isolation)) {
      records.open();
      Frames found = new Frames(consumer, reading.open(), frames);
      labeller.label(found, outcome -> results.accept(records.of(outcome)));
      return found.gone();
    } catch (KafkaException | RegistryException e) {
      throw new IOException("frames cannot be read and labelled again", e);
    }
  }

  /** Frames at given positions, one partition after another; notes those that are not there. */
  private static final class Frames implements Iterator<FrameEvent> {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int TRIES = 300;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final ImageEvents events;
    private final Map<TopicPartition, NavigableSet<Long>> wanted = new LinkedHashMap<>();
    private final List<SourcePosition> gone = new ArrayList<>();
    private Iterator<ConsumerRecord<byte[], byte[]>> polled = Collections.emptyIterator();
    private TopicPartition partition;
    private long end;
    private ConsumerRecord<byte[], byte[]> next;

    Frames(
        KafkaConsumer<byte[], byte[]> consumer, ImageEvents events, List<SourcePosition> frames) {
      this.consumer = consumer;
      this.events = events;
      for (SourcePosition frame : frames) {
        boolean ignored =
            wanted
                .computeIfAbsent(
                    new TopicPartition(frame.topic(), frame.partition()), p -> new TreeSet<>())
                .add(frame.offset());
      }
    }

    List<SourcePosition> gone() {
      return gone;
    }

    @Override
    public boolean hasNext() {
      while (next == null && !wanted.isEmpty()) {
        TopicPartition first = wanted.keySet().iterator().next();
        if (!first.equals(partition)) {
          begin(first);
        }
        NavigableSet<Long> offsets = wanted.get(partition);
        next = find(offsets);
        if (next == null || offsets.isEmpty()) {
          offsets.forEach(offset -> gone.add(position(offset)));
          NavigableSet<Long> ignored = wanted.remove(partition);
        }
      }
      return next != null;
    }

    private void begin(TopicPartition first) {
      partition = first;
      polled = Collections.emptyIterator();
      consumer.assign(List.of(first));
      end = consumer.endOffsets(List.of(first)).get(first);
      // Where retention has passed that, the consumer goes on at the earliest that is left.
      consumer.seek(first, wanted.get(first).first());
    }

    /** The next wanted record of the partition; null: there is none. */
    private ConsumerRecord<byte[], byte[]> find(NavigableSet<Long> offsets) {
      while (!offsets.isEmpty()) {
        if (polled.hasNext()) {
          ConsumerRecord<byte[], byte[]> entry = polled.next();
          while (!offsets.isEmpty() && offsets.first() < entry.offset()) {
            gone.add(position(offsets.pollFirst()));
          }
          if (offsets.remove(entry.offset())) {
            return entry;
          }
        } else if (consumer.position(partition) < end) {
          polled = poll();
        } else {
          return null;
        }
      }
      return null;
    }

    /** The next records; where there are none, the consumer has at least got on. */
    private Iterator<ConsumerRecord<byte[], byte[]>> poll() {
      long before = consumer.position(partition);
      for (int i = 0; i < TRIES; i++) {
        List<ConsumerRecord<byte[], byte[]>> records = consumer.poll(POLL).records(partition);
        if (!records.isEmpty() || consumer.position(partition) != before) {
          return records.iterator();
        }
      }
      throw new TimeoutException(partition + " gives no records at offset " + before);
    }

    private SourcePosition position(long offset) {
      return new SourcePosition(partition.topic(), partition.partition(), offset);
    }

    @Override
    public FrameEvent next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      ConsumerRecord<byte[], byte[]> entry = next;
      next = null;
      return events.read(IncomingRecords.frame(entry), Instant.now());
    }
  }
}
