package dev.framelabel.kafka.sink.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.TestEvents;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.TwoPhaseCommittingStatefulSink.PrecommittingStatefulSinkWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GuardedWriterTest {
  @AfterEach
  void clearInterrupt() {
    boolean ignored = Thread.interrupted();
  }

  @Test
  void close_unsentResults_areNoErrorOfTheTaskManager() {
    FailingWriter failing = new FailingWriter(new IOException("Not authorized"));
    try (GuardedWriter<RejectedFrame, String> writer = new GuardedWriter<>(failing, "labels")) {
      assertThatThrownBy(() -> writer.flush(false)).hasMessage("Not authorized");
    }
    assertThat(failing.closed).isTrue();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void write_byTwoWriters_eachHandsOnItsOwnIdWhichItsCommittableKeeps() throws Exception {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 2; i++) {
      FailingWriter inner = new FailingWriter(new IOException("unsent"));
      try (GuardedWriter<RejectedFrame, String> writer = new GuardedWriter<>(inner, "rejected")) {
        writer.write(TestEvents.rejected(), null);
        writer.write(TestEvents.rejected(), null);
        GuardedCommittable committable = writer.prepareCommit().iterator().next();
        assertThat(inner.writers).hasSize(2).containsOnly(committable.writer());
        ids.addAll(inner.writers);
      }
    }
    assertThat(ids).hasSize(2);
  }

  @Test
  void close_interrupted_keepsTheInterrupt() {
    FailingWriter failing = new FailingWriter(new InterruptedException());
    new GuardedWriter<>(failing, "labels").close();
    assertThat(failing.closed).isTrue();
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
  }

  /** Keeps its failure, as the connector's writer does while its producer fails again and again. */
  private static final class FailingWriter
      implements PrecommittingStatefulSinkWriter<
          StampedOutcome<RejectedFrame>, String, KafkaCommittable> {
    private final Exception failure;
    private final List<String> writers = new ArrayList<>();
    private boolean closed;

    private FailingWriter(Exception failure) {
      this.failure = failure;
    }

    @Override
    public void write(StampedOutcome<RejectedFrame> stamped, Context context) {
      writers.add(stamped.writer());
    }

    @Override
    public void flush(boolean endOfInput) throws IOException {
      throw (IOException) failure;
    }

    @Override
    public Collection<KafkaCommittable> prepareCommit() {
      return List.of(new KafkaCommittable(1, (short) 0, "x.labels.-0-7", null));
    }

    @Override
    public List<String> snapshotState(long checkpointId) {
      return List.of();
    }

    @Override
    public void close() throws Exception {
      closed = true;
      throw failure;
    }
  }
}
