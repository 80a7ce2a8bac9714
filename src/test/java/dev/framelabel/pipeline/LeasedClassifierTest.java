package dev.framelabel.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.classify.SharedClassifiers;
import dev.framelabel.config.InferenceTimeout;
import dev.framelabel.config.JobOptions;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.TestImages;
import dev.framelabel.model.TestModels;
import dev.framelabel.testing.FaultyDevice;
import dev.framelabel.testing.cluster.Await;
import java.awt.Color;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Time-outs and bad classifiers, by a clock that the test moves. */
@Timeout(60)
class LeasedClassifierTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final byte[] RED = TestImages.jpeg(8, 8, Color.RED);
  private static final int BATCH = 2;

  /** Frames whose bytes fit, fewer than the options allow by number. */
  private static final int FIT = 5;

  private final FaultyDevice device = new FaultyDevice("leased classifiers");
  private final List<String> ends = new CopyOnWriteArrayList<>();
  private SharedClassifiers shared = shared(Duration.ZERO);
  private final ManualTimer timer = new ManualTimer();
  private final List<LeasedClassifier> opened = new ArrayList<>();

  @AfterEach
  void close() {
    device.hangs = false;
    device.release();
    opened.forEach(LeasedClassifier::close);
    Await.until("all sessions are closed", LIMIT, () -> device.open.get() == 0);
  }

  @Test
  void label_deviceHangsAndBytesAreTheBound_rejectsWhileTheTaskWaits() throws Exception {
    LeasedClassifier leased = open(InferenceTimeout.REJECT);
    device.hangs = true;
    Feeder feeder = new Feeder(leased, 1_000);
    Await.until("the task waits for bytes", LIMIT, () -> feeder.given() == FIT && full(leased));
    timer.advance(TIMEOUT);
    Await.until("the task goes on", LIMIT, () -> feeder.given() > FIT);
    assertThat(feeder.outcomes(FIT))
        .allSatisfy(
            outcome -> {
              assertThat(((RejectedFrame) outcome).kind()).isEqualTo(RejectionKind.DEVICE_FAILED);
              assertThat(((RejectedFrame) outcome).reason())
                  .startsWith("no result after --inference-timeout 1 min for Frame[f");
            });
    feeder.stop();
  }

  /** The device keeps one batch; what waits is let go of at each deadline. */
  @Test
  void label_deviceHangsForTenMinutesAtFullInput_memoryIsBoundedUntilTheProcessEnds()
      throws Exception {
    LeasedClassifier leased = open(InferenceTimeout.REJECT);
    device.hangs = true;
    Feeder feeder = new Feeder(leased, 100_000);
    for (int step = 0; step < 60 && ends.isEmpty(); step++) {
      Await.until("the task waits for bytes", LIMIT, () -> full(leased) || !ends.isEmpty());
      assertThat(leased.inFlightBytes()).isLessThanOrEqualTo((long) FIT * RED.length);
      assertThat(timer.waiting()).isLessThanOrEqualTo(2 * FIT);
      assertThat(device.open.get() <= 2 || !ends.isEmpty()).as("sessions in memory").isTrue();
      timer.advance(Duration.ofSeconds(10));
    }
    Await.until("the process ends", LIMIT, () -> !ends.isEmpty());
    assertThat(device.opened.get()).as("one is replaced").isGreaterThanOrEqualTo(2);
    int before = feeder.given() - FIT;
    assertThat(before).isGreaterThan(2 * FIT);
    assertThat(feeder.outcomes(before)).hasOnlyElementsOfType(RejectedFrame.class);
    feeder.stop();
  }

  @Test
  void label_oneSessionHangsInRejectMode_isReplacedAfterTwiceTheTimeout() throws Exception {
    LeasedClassifier leased = open(InferenceTimeout.REJECT);
    device.next.set(FaultyDevice.Fault.HANG);
    List<CompletableFuture<Outcome>> first = label(leased, "f0");
    Await.until("the device hangs", LIMIT, () -> device.hanging.get() == 1);
    timer.advance(TIMEOUT);
    assertThat(first.get(0)).isDone();
    assertThat(leased.inFlightBytes()).as("the device has it").isEqualTo(RED.length);
    List<CompletableFuture<Outcome>> waiting = label(leased, "f1", "f2");
    assertThat(device.opened).hasValue(1);
    timer.advance(TIMEOUT.minusMillis(1));
    assertThat(waiting).noneMatch(CompletableFuture::isDone);
    timer.advance(Duration.ofMillis(1));
    assertThat(get(waiting)).hasOnlyElementsOfType(RejectedFrame.class);
    assertThat(get(label(leased, "f3", "f4"))).hasOnlyElementsOfType(LabelledFrame.class);
    assertThat(leased.inFlightBytes()).isZero();
    assertThat(device.opened).hasValue(2);
    assertThat(ends).isEmpty();
    assertThat(timer.waiting()).isZero();
  }

  @Test
  void label_deviceComesBackInTime_bytesCountUntilThenAndNothingIsReplaced() throws Exception {
    LeasedClassifier leased = open(InferenceTimeout.REJECT);
    device.next.set(FaultyDevice.Fault.HANG);
    List<CompletableFuture<Outcome>> first = label(leased, "f0");
    Await.until("the device hangs", LIMIT, () -> device.hanging.get() == 1);
    timer.advance(TIMEOUT);
    List<CompletableFuture<Outcome>> fresh = label(leased, "f1", "f2", "f3");
    assertThat(leased.inFlightBytes()).isEqualTo(4L * RED.length);
    device.release();
    assertThat(get(fresh)).hasOnlyElementsOfType(LabelledFrame.class);
    assertThat(get(first)).hasOnlyElementsOfType(RejectedFrame.class);
    assertThat(leased.inFlightBytes()).isZero();
    timer.advance(TIMEOUT.multipliedBy(10));
    assertThat(device.opened).hasValue(1);
  }

  /** As long as an image is read, its bytes are in memory, although its frame is rejected. */
  @Test
  void label_readingThatGoesOnAfterItsTime_bytesCountUntilItEnds() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    ManualTimer images = new ManualTimer();
    LeasedClassifier leased =
        open(
            options(InferenceTimeout.REJECT),
            new ClaimCheck(ClaimCheckTest.stubborn(RED, end), LIMIT, 1, images));
    String uri = "file:/a/b.jpg";
    CompletableFuture<Outcome> labelled = leased.label(ClaimCheckTest.frame(uri));
    Await.until(
        "the image is being read",
        LIMIT,
        () -> leased.inFlightBytes() == uri.length() + RED.length && images.waiting() == 1);
    images.advance(LIMIT);
    Outcome outcome = get(List.of(labelled)).get(0);
    assertThat(((RejectedFrame) outcome).kind()).isEqualTo(RejectionKind.IMAGE_READ_TIMEOUT);
    assertThat(leased.inFlightBytes()).isEqualTo(uri.length() + RED.length);
    end.countDown();
    Await.until("the bytes are let go of", LIMIT, () -> leased.inFlightBytes() == 0);
  }

  @Test
  void label_deviceHangsInFailMode_failsWhileTheTaskWaitsAndIsReplaced() throws Exception {
    LeasedClassifier leased = open(InferenceTimeout.FAIL);
    LeasedClassifier idle = open(InferenceTimeout.FAIL);
    device.next.set(FaultyDevice.Fault.HANG);
    Feeder feeder = new Feeder(leased, 1_000);
    Await.until("the task waits for bytes", LIMIT, () -> feeder.given() == FIT && full(leased));
    timer.advance(TIMEOUT);
    assertThatThrownBy(() -> feeder.outcomes(1))
        .hasStackTraceContaining("no result after --inference-timeout");
    feeder.stop();
    assertThat(get(label(idle, "g0", "g1"))).hasOnlyElementsOfType(LabelledFrame.class);
    assertThat(device.opened).hasValue(2);
  }

  @Test
  void label_sessionThatHangs_framesOfNeighboursThatWaitAreLabelledOnAnother() throws Exception {
    List<LeasedClassifier> tasks =
        IntStream.range(0, 4).mapToObj(i -> open(InferenceTimeout.FAIL)).toList();
    device.next.set(FaultyDevice.Fault.HANG);
    List<CompletableFuture<Outcome>> failing = label(tasks.get(0), "f0");
    Await.until("the device has it", LIMIT, () -> device.hanging.get() == 1);
    timer.advance(TIMEOUT.dividedBy(2));
    List<CompletableFuture<Outcome>> waiting = new ArrayList<>();
    for (LeasedClassifier task : tasks.subList(1, 3)) {
      waiting.addAll(label(task, "f1", "f2", "f3"));
    }
    timer.advance(TIMEOUT.dividedBy(2));
    assertThatThrownBy(() -> get(failing)).hasStackTraceContaining("no result after");
    assertThat(get(waiting)).hasOnlyElementsOfType(LabelledFrame.class);
    assertThat(get(label(tasks.get(3), "g"))).hasOnlyElementsOfType(LabelledFrame.class);
    assertThat(device.opened).hasValue(2);
  }

  @Test
  void label_sessionThatBreaks_isReplacedThoughIdleTasksHoldIt() throws Exception {
    shared = shared(Duration.ofMinutes(1));
    LeasedClassifier idle = open(InferenceTimeout.FAIL);
    LeasedClassifier busy = open(InferenceTimeout.FAIL);
    for (int round = 1; round <= 10; round++) {
      device.next.set(FaultyDevice.Fault.BREAK);
      LeasedClassifier failing = open(InferenceTimeout.FAIL);
      List<CompletableFuture<Outcome>> failed = label(failing, "f");
      assertThatThrownBy(() -> get(failed)).hasStackTraceContaining("device lost");
      failing.close();
      LeasedClassifier restarted = open(InferenceTimeout.FAIL);
      assertThat(get(label(restarted, "g"))).hasOnlyElementsOfType(LabelledFrame.class);
      assertThat(get(label(busy, "g"))).hasOnlyElementsOfType(LabelledFrame.class);
      assertThat(device.opened).hasValue(1 + round);
    }
    assertThat(get(label(idle, "h"))).hasOnlyElementsOfType(LabelledFrame.class);
    assertThat(device.opened).hasValue(11);
    assertThat(device.mostOpen).as("never two in memory").hasValue(1);
    assertThat(ends).isEmpty();
  }

  /**
   * @param closePatience none where a device hangs, so that no test waits for it
   */
  private SharedClassifiers shared(Duration closePatience) {
    return new SharedClassifiers(
        closePatience, "test.hanging." + System.identityHashCode(this), ends::add);
  }

  private static boolean full(LeasedClassifier leased) {
    return leased.inFlightBytes() == (long) FIT * RED.length;
  }

  private LeasedClassifier open(InferenceTimeout then) {
    JobOptions options = options(then);
    return open(options, ClaimCheck.open(options));
  }

  private LeasedClassifier open(JobOptions options, ClaimCheck claims) {
    LeasedClassifier leased =
        new LeasedClassifier(options, "cpu", device.opener(), shared, timer, claims);
    opened.add(leased);
    return leased;
  }

  private static JobOptions options(InferenceTimeout then) {
    Configuration configuration = new Configuration();
    configuration.set(JobOptions.MODEL, TestModels.colour().toString());
    configuration.set(JobOptions.DEVICE, "cpu");
    configuration.set(JobOptions.MAX_BATCH_SIZE, BATCH);
    configuration.set(JobOptions.CONCURRENT_BATCHES, 1);
    configuration.set(JobOptions.INFERENCE_TIMEOUT, TIMEOUT);
    configuration.set(JobOptions.ON_INFERENCE_TIMEOUT, then);
    configuration.set(JobOptions.IN_FLIGHT_SIZE, new MemorySize((long) FIT * RED.length));
    return new JobOptions(configuration);
  }

  private static List<CompletableFuture<Outcome>> label(LeasedClassifier leased, String... ids)
      throws Exception {
    List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
    for (String id : ids) {
      outcomes.add(leased.label(TestEvents.frame(id, RED)));
    }
    return outcomes;
  }

  private static List<Outcome> get(List<CompletableFuture<Outcome>> outcomes) throws Exception {
    List<Outcome> got = new ArrayList<>();
    for (CompletableFuture<Outcome> outcome : outcomes) {
      got.add(outcome.get(20, TimeUnit.SECONDS));
    }
    return got;
  }

  /** A task's thread at full input. */
  private static final class Feeder {
    private final List<CompletableFuture<Outcome>> outcomes = new CopyOnWriteArrayList<>();
    private final Thread thread;

    Feeder(LeasedClassifier leased, int frames) {
      thread =
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < frames; i++) {
                    outcomes.add(leased.label(TestEvents.frame("f" + i, RED)));
                  }
                } catch (InterruptedException e) {
                  // The test is over.
                }
              });
      thread.start();
    }

    int given() {
      return outcomes.size();
    }

    List<Outcome> outcomes(int first) throws Exception {
      return get(List.copyOf(outcomes).subList(0, first));
    }

    void stop() throws InterruptedException {
      thread.interrupt();
      thread.join();
    }
  }
}
