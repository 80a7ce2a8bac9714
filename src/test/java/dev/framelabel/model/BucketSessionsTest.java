package dev.framelabel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtSession;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BucketSessionsTest {
  private final List<OrtSession> opened = new ArrayList<>();

  private OrtSession open() {
    OrtSession session = TestModels.colourSession();
    opened.add(session);
    return session;
  }

  @Test
  void of_batch_isTheSessionOfTheNextBucketAndAllAreClosed() {
    BatchBuckets buckets = BatchBuckets.of(Device.parse("cuda:0"), 16);
    try (BucketSessions sessions = new BucketSessions(buckets, this::open)) {
      assertThat(opened).hasSize(3).doesNotHaveDuplicates();
      assertThat(sessions.of(1)).isSameAs(opened.get(0));
      assertThat(sessions.of(3)).isSameAs(opened.get(1));
      assertThat(sessions.of(4)).isSameAs(opened.get(1));
      assertThat(sessions.of(5)).isSameAs(opened.get(2));
      assertThat(sessions.of(16)).isSameAs(opened.get(2));
    }
    assertAllAreClosed();
  }

  @Test
  void new_oneDoesNotOpen_noneStaysOpen() {
    BatchBuckets buckets = BatchBuckets.of(Device.parse("cuda:0"), 16);
    assertThatThrownBy(
            () ->
                new BucketSessions(
                    buckets,
                    () -> {
                      if (opened.size() == 2) {
                        throw new IllegalStateException("the third does not open");
                      }
                      return open();
                    }))
        .hasMessage("the third does not open");
    assertThat(opened).hasSize(2);
    assertAllAreClosed();
  }

  private void assertAllAreClosed() {
    for (OrtSession session : opened) {
      assertThatThrownBy(session::close).isInstanceOf(IllegalStateException.class);
    }
  }
}
