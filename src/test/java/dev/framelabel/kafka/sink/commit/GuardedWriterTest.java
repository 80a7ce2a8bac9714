package dev.framelabel.kafka.sink.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.event.RejectedFrame;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
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
  void close_interrupted_keepsTheInterrupt() {
    FailingWriter failing = new FailingWriter(new InterruptedException());
    new GuardedWriter<>(failing, "labels").close();
    assertThat(failing.closed).isTrue();
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
  }

  /** Keeps its failure, as the connector's writer does while its producer fails again and again. */
  private static final class FailingWriter
      implements PrecommittingStatefulSinkWriter<RejectedFrame, String, KafkaCommittable> {
    private final Exception failure;
    private boolean closed;

    private FailingWriter(Exception failure) {
      this.failure = failure;
    }

    @Override
    public void write(RejectedFrame frame, Context context) {}

    @Override
    public void flush(boolean endOfInput) throws IOException {
      throw (IOException) failure;
    }

    @Override
    public Collection<KafkaCommittable> prepareCommit() {
      return List.of();
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
