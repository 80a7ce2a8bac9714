package dev.framelabel.tools.camera;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SendQueueTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void offer_fullOfBytes_dropsTheOldest() {
    SendQueue queue = new SendQueue(0, false, 300);
    int dropped = 0;
    for (int frame = 0; frame < 10; frame++) {
      dropped += queue.offer(TestFrames.frame("f" + frame, 100));
      assertThat(queue.waitingBytes()).isLessThanOrEqualTo(300);
    }
    assertThat(dropped).isEqualTo(7);
    assertThat(drain(queue, 0)).containsExactly("f7", "f8", "f9");
  }

  @Test
  void offer_fullOfFrames_dropsTheOldest() {
    SendQueue queue = new SendQueue(0, false, 1 << 20);
    int dropped = 0;
    for (int frame = 0; frame < 100; frame++) {
      dropped += queue.offer(TestFrames.frame("f" + frame, 1));
    }
    assertThat(dropped).isEqualTo(100 - SendQueue.MOST_FRAMES);
  }

  @Test
  void offer_rateLimit_keepsTheNewest() {
    SendQueue queue = new SendQueue(1, false, 1 << 20);
    assertThat(queue.offer(TestFrames.frame("f0", 1))).isZero();
    assertThat(drain(queue, 0)).containsExactly("f0");
    int dropped = 0;
    for (int frame = 1; frame <= 5; frame++) {
      dropped += queue.offer(TestFrames.frame("f" + frame, 1));
      assertThat(queue.poll(SECOND * 9 / 10)).isEmpty();
    }
    assertThat(dropped).isEqualTo(4);
    assertThat(queue.waitNanos(SECOND * 9 / 10)).isEqualTo(SECOND / 10);
    assertThat(drain(queue, SECOND)).containsExactly("f5");
  }

  @Test
  void poll_rateLimit_isKeptOverALongTime() {
    SendQueue queue = new SendQueue(10, false, 1 << 20);
    int sent = 0;
    for (long now = 0; now < 100 * SECOND; now += SECOND / 33) {
      queue.offer(TestFrames.frame("f", 1));
      sent += drain(queue, now).size();
    }
    assertThat(sent).isBetween(995, 1_001);
  }

  @Test
  void poll_brokerIsSlow_holdsBackTheRest() {
    SendQueue queue = new SendQueue(0, false, 1 << 20);
    for (int frame = 0; frame < 10; frame++) {
      queue.offer(TestFrames.frame("f" + frame, 1));
    }
    int underWay = 0;
    while (queue.poll(0).isPresent()) {
      underWay++;
    }
    assertThat(underWay).isEqualTo(4);
    queue.done();
    assertThat(queue.poll(0)).map(Frame::frameId).contains("f4");
  }

  @Test
  void offerIfRoom_storedFrames_areNeverDropped() {
    SendQueue queue = new SendQueue(0, true, 250);
    assertThat(queue.offerIfRoom(TestFrames.frame("f0", 200))).isTrue();
    assertThat(queue.offerIfRoom(TestFrames.frame("f1", 200))).isFalse();
    assertThat(drain(queue, 0)).containsExactly("f0");
    assertThat(queue.offerIfRoom(TestFrames.frame("large", 999))).isTrue();
  }

  @Test
  void discard_framesThatComeLater_areDroppedToo() {
    SendQueue queue = new SendQueue(0, false, 1 << 20);
    queue.offer(TestFrames.frame("f0", 1));
    queue.offer(TestFrames.frame("f1", 1));
    assertThat(queue.discard()).isEqualTo(2);
    assertThat(queue.offer(TestFrames.frame("f2", 1))).isEqualTo(1);
    assertThat(queue.offerIfRoom(TestFrames.frame("f3", 1))).isFalse();
    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.waitingBytes()).isZero();
  }

  private static List<String> drain(SendQueue queue, long now) {
    List<String> frames = new ArrayList<>();
    Optional<Frame> frame = queue.poll(now);
    while (frame.isPresent()) {
      frames.add(frame.get().frameId());
      queue.done();
      frame = queue.poll(now);
    }
    return frames;
  }
}
