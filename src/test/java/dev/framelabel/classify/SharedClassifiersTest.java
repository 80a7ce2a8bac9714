package dev.framelabel.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.batch.BatchPolicy;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.JpegBackend;
import dev.framelabel.image.TestImages;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.model.TestModels;
import dev.framelabel.testing.FaultyDevice;
import dev.framelabel.testing.cluster.Await;
import java.awt.Color;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SharedClassifiersTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final byte[] RED = TestImages.jpeg(8, 8, Color.RED);

  /** Long enough for a device that does not hang. */
  private static final Duration PATIENT = Duration.ofMinutes(1);

  private final FaultyDevice device = new FaultyDevice("shared classifiers");
  private final List<String> ends = new CopyOnWriteArrayList<>();

  @AfterEach
  void release() {
    device.hangs = false;
    device.release();
    Await.until("nothing hangs", LIMIT, () -> device.hanging.get() == 0);
  }

  @Test
  void acquire_sameSettings_sharesOneClassifierUntilTheLastLetsGo() {
    SharedClassifiers shared = shared(PATIENT);
    SharedClassifiers.Lease first = acquire(shared);
    SharedClassifiers.Lease second = acquire(shared);
    assertThat(second.classifier()).isSameAs(first.classifier());
    first.close();
    first.close();
    assertThat(device.open).hasValue(1);
    second.close();
    assertThat(device.open).hasValue(0);
    acquire(shared).close();
    assertThat(device.opened).hasValue(2);
  }

  @Test
  void markBad_whileAnIdleUserHoldsIt_closesItAndTheNextLeaseIsOnAnother() throws Exception {
    SharedClassifiers shared = shared(PATIENT);
    try (SharedClassifiers.Lease idle = acquire(shared);
        SharedClassifiers.Lease failed = acquire(shared)) {
      device.next.set(FaultyDevice.Fault.BREAK);
      assertThatThrownBy(() -> label(failed)).hasStackTraceContaining("device lost");
      failed.markBad("device lost");
      try (SharedClassifiers.Lease next = acquire(shared)) {
        assertThat(idle.isRetired()).isTrue();
        assertThat(next.isRetired()).isFalse();
        assertThat(next.classifier()).isNotSameAs(idle.classifier());
        assertThat(device.mostOpen).as("never both in memory").hasValue(1);
        assertThat(label(next)).isInstanceOf(LabelledFrame.class);
      }
    }
    assertThat(device.open).hasValue(0);
    assertThat(ends).isEmpty();
  }

  @Test
  void markBad_framesThatWait_areGivenUpAtOnce() {
    SharedClassifiers shared = shared(Duration.ZERO);
    try (SharedClassifiers.Lease lease = acquire(shared)) {
      device.hangs = true;
      CompletableFuture<Outcome> onDevice = begin(lease);
      Await.until("the device hangs", LIMIT, () -> device.hanging.get() == 1);
      CompletableFuture<Outcome> waiting = begin(lease);
      lease.markBad("hangs");
      assertThatThrownBy(() -> waiting.get(20, TimeUnit.SECONDS))
          .hasRootCauseInstanceOf(CancellationException.class);
      assertThat(onDevice).isNotDone();
    }
  }

  @Test
  void markBad_tenHangsThatEnd_memoryIsThatOfOne() {
    SharedClassifiers shared = shared(Duration.ofMillis(500));
    for (int round = 1; round <= 10; round++) {
      try (SharedClassifiers.Lease idle = acquire(shared);
          SharedClassifiers.Lease lease = acquire(shared)) {
        hang(lease);
        try (SharedClassifiers.Lease next = acquire(shared)) {
          assertThat(next.classifier()).isNotSameAs(idle.classifier());
          device.release();
          Await.until("the bad one is closed", LIMIT, () -> device.open.get() == 1);
        }
      }
      Await.until("all are closed", LIMIT, () -> device.open.get() == 0);
      assertThat(device.opened).hasValue(2 * round);
    }
    assertThat(device.mostOpen).hasValue(2);
    assertThat(ends).isEmpty();
  }

  @Test
  void markBad_secondThatHangs_endsTheProcess() {
    SharedClassifiers shared = shared(Duration.ZERO);
    SharedClassifiers ofAnotherJob = shared(Duration.ZERO);
    hang(acquire(shared));
    SharedClassifiers.Lease second = acquire(shared);
    assertThat(ends).as("one is tolerated").isEmpty();
    second.close();
    Await.until("it is closed", LIMIT, () -> device.open.get() == 1);
    hang(acquire(ofAnotherJob));
    Await.until("the process ends", LIMIT, () -> !ends.isEmpty());
    assertThat(ends).singleElement().asString().contains("2 classifiers of this process hang");
    assertThat(device.mostOpen).hasValue(2);
  }

  @Test
  void close_lastUserOfADeviceThatHangs_countsAsHanging() {
    SharedClassifiers shared = shared(Duration.ZERO);
    device.hangs = true;
    for (int user = 1; user <= 2; user++) {
      int hanging = user;
      try (SharedClassifiers.Lease lease = acquire(shared)) {
        CompletableFuture<Outcome> ignored = begin(lease);
        Await.until("the device hangs", LIMIT, () -> device.hanging.get() == hanging);
      }
    }
    assertThat(ends).hasSize(1);
  }

  /** "Unable to create native thread": nobody waits for a classifier that nothing closes. */
  @Test
  void markBad_noThreadCanBeStarted_endsTheProcessAndHoldsNoUser() {
    SharedClassifiers shared =
        new SharedClassifiers(
            PATIENT,
            "test.hanging." + System.identityHashCode(this),
            ends::add,
            task -> {
              throw new OutOfMemoryError("unable to create native thread");
            });
    SharedClassifiers.Lease lease = acquire(shared);
    lease.markBad("device lost");
    assertThat(ends).singleElement().asString().contains("unable to create native thread");
    lease.awaitClosed();
    acquire(shared).close();
    boolean ignored = lease.classifier().close(PATIENT);
  }

  private SharedClassifiers shared(Duration closePatience) {
    return new SharedClassifiers(
        closePatience, "test.hanging." + System.identityHashCode(this), ends::add);
  }

  private void hang(SharedClassifiers.Lease lease) {
    int before = device.hanging.get();
    device.next.set(FaultyDevice.Fault.HANG);
    CompletableFuture<Outcome> ignored = begin(lease);
    Await.until("the device hangs", LIMIT, () -> device.hanging.get() == before + 1);
    lease.markBad("hangs");
    lease.markBad("hangs");
  }

  private static CompletableFuture<Outcome> begin(SharedClassifiers.Lease lease) {
    return lease.classifier().classify(TestEvents.frame("f", RED));
  }

  private static Outcome label(SharedClassifiers.Lease lease) throws Exception {
    return begin(lease).get(20, TimeUnit.SECONDS);
  }

  private SharedClassifiers.Lease acquire(SharedClassifiers shared) {
    return shared.acquire(
        new ClassifierSettings(
            TestModels.colour(),
            SessionSettings.onCpu(2),
            new BatchPolicy(2, 0),
            1,
            1,
            2,
            ImageLimits.DEFAULT,
            JpegBackend.AUTO),
        device.opener());
  }
}
