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
    SendQueue outbox = new SendQueue(0, false, 300);
    int dropped = 0;
    for (int frame = 0; frame < 10; frame++) {
      dropped += outbox.offer(TestFrames.frame("f" + frame, 100));
      assertThat(outbox.waitingBytes()).isLessThanOrEqualTo(300);
    }
    assertThat(dropped).isEqualTo(7);
    assertThat(drain(outbox, 0)).containsExactly("f7", "f8", "f9");
  }

  @Test
  void offer_fullOfFrames_dropsTheOldest() {
    SendQueue outbox = new SendQueue(0, false, 1 << 20);
    int dropped = 0;
    for (int frame = 0; frame < 100; frame++) {
      dropped += outbox.offer(TestFrames.frame("f" + frame, 1));
    }
    assertThat(dropped).isEqualTo(100 - SendQueue.MOST_FRAMES);
  }

  @Test
  void offer_rateLimit_keepsTheNewest() {
    SendQueue outbox = new SendQueue(1, false, 1 << 20);
    assertThat(outbox.offer(TestFrames.frame("f0", 1))).isZero();
    assertThat(drain(outbox, 0)).containsExactly("f0");
    int dropped = 0;
    for (int frame = 1; frame <= 5; frame++) {
      dropped += outbox.offer(TestFrames.frame("f" + frame, 1));
      assertThat(outbox.poll(SECOND * 9 / 10)).isEmpty();
    }
    assertThat(dropped).isEqualTo(4);
    assertThat(outbox.waitNanos(SECOND * 9 / 10)).isEqualTo(SECOND / 10);
    assertThat(drain(outbox, SECOND)).containsExactly("f5");
  }

  @Test
  void poll_rateLimit_isKeptOverALongTime() {
    SendQueue outbox = new SendQueue(10, false, 1 << 20);
    int sent = 0;
    for (long now = 0; now < 100 * SECOND; now += SECOND / 33) {
      outbox.offer(TestFrames.frame("f", 1));
      sent += drain(outbox, now).size();
    }
    assertThat(sent).isBetween(995, 1_001);
  }

  @Test
  void poll_brokerIsSlow_holdsBackTheRest() {
    SendQueue outbox = new SendQueue(0, false, 1 << 20);
    for (int frame = 0; frame < 10; frame++) {
      outbox.offer(TestFrames.frame("f" + frame, 1));
    }
    int underWay = 0;
    while (outbox.poll(0).isPresent()) {
      underWay++;
    }
    assertThat(underWay).isEqualTo(4);
    outbox.done();
    assertThat(outbox.poll(0)).map(Frame::frameId).contains("f4");
  }

  @Test
  void offerIfRoom_storedFrames_areNeverDropped() {
    SendQueue outbox = new SendQueue(0, true, 250);
    assertThat(outbox.offerIfRoom(TestFrames.frame("f0", 200))).isTrue();
    assertThat(outbox.offerIfRoom(TestFrames.frame("f1", 200))).isFalse();
    assertThat(drain(outbox, 0)).containsExactly("f0");
    assertThat(outbox.offerIfRoom(TestFrames.frame("large", 999))).isTrue();
  }

  @Test
  void discard_framesThatComeLater_areDroppedToo() {
    SendQueue outbox = new SendQueue(0, false, 1 << 20);
    outbox.offer(TestFrames.frame("f0", 1));
    outbox.offer(TestFrames.frame("f1", 1));
    assertThat(outbox.discard()).isEqualTo(2);
    assertThat(outbox.offer(TestFrames.frame("f2", 1))).isEqualTo(1);
    assertThat(outbox.offerIfRoom(TestFrames.frame("f3", 1))).isFalse();
    assertThat(outbox.isEmpty()).isTrue();
    assertThat(outbox.waitingBytes()).isZero();
  }

  private static List<String> drain(SendQueue outbox, long now) {
    List<String> frames = new ArrayList<>();
    Optional<Frame> frame = outbox.poll(now);
    while (frame.isPresent()) {
      frames.add(frame.get().frameId());
      outbox.done();
      frame = outbox.poll(now);
    }
    return frames;
  }
}
