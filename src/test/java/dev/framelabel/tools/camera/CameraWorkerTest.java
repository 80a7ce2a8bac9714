package dev.framelabel.tools.camera;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.CameraStatus;
import dev.framelabel.event.Frame;
import dev.framelabel.image.TestImages;
import dev.framelabel.testing.cluster.Await;
import java.awt.Color;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CameraWorkerTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofMillis(300);
  private static final byte[] PICTURE = TestImages.jpeg(16, 16, Color.RED);

  private final List<Frame> sent = new CopyOnWriteArrayList<>();
  private final CountDownLatch released = new CountDownLatch(1);
  private final AtomicInteger opened = new AtomicInteger();
  private final SetTime time = new SetTime();
  private FrameSender sender;
  private CameraWorker worker;

  @AfterEach
  void stop() {
    released.countDown();
    worker.stop();
    sender.close();
  }

  @Test
  void run_callThatHangs_isAbandonedAndTheCameraOpenedAgain() {
    start(
        sink -> {
          sink.take(CapturedPicture.of(PICTURE));
          if (opened.incrementAndGet() == 1) {
            hang();
            sink.take(CapturedPicture.of(PICTURE));
            return;
          }
          waitForStop(sink);
        },
        false);
    Await.until("opened again", LIMIT, () -> opened.get() == 2 && sent.size() == 2);
    assertThat(status().lastError()).contains("nothing came for 300 ms");
    assertThat(status().reconnects()).isEqualTo(1);
    released.countDown();
    assertThat(status().state()).isEqualTo(CameraStatus.State.LIVE);
    assertThat(status().framesIn()).isEqualTo(2);
  }

  @Test
  void run_everyCallHangs_keepsFewThreads() {
    start(
        sink -> {
          opened.incrementAndGet();
          sink.take(CapturedPicture.of(PICTURE));
          hang();
        },
        false);
    Await.until("gives up for now", LIMIT, () -> status().lastError().contains("4 earlier"));
    assertThat(opened).hasValue(4);
    released.countDown();
    Await.until("goes on", LIMIT, () -> opened.get() > 4);
  }

  @Test
  void run_lostCamera_isTriedWithGrowingPauses() {
    start(
        sink -> {
          if (opened.incrementAndGet() <= 8) {
            throw new IOException("no route to rtsp://me:secret@door/");
          }
          waitForStop(sink);
        },
        false);
    Await.until("nine attempts", LIMIT, () -> opened.get() == 9);
    assertThat(time.pausesMillis())
        .containsExactly(500L, 1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 30_000L, 30_000L);
    assertThat(status().state()).isEqualTo(CameraStatus.State.LOST);
    assertThat(status().lastError()).isEqualTo("no route to rtsp://***@door/");
  }

  @Test
  void run_pictureBetweenLosses_startsWithTheShortestPauseAgain() {
    start(
        sink -> {
          int attempt = opened.incrementAndGet();
          if (attempt == 3) {
            sink.take(CapturedPicture.of(PICTURE));
          }
          if (attempt < 5) {
            throw new IOException("gone");
          }
          waitForStop(sink);
        },
        false);
    Await.until("five attempts", LIMIT, () -> opened.get() == 5);
    assertThat(time.pausesMillis()).containsExactly(500L, 1_000L, 500L, 1_000L);
  }

  @Test
  void run_once_endsWhenLost() {
    start(
        sink -> {
          throw new IOException("gone");
        },
        true);
    Await.until("ended", LIMIT, () -> !worker.isRunning());
    assertThat(status().state()).isEqualTo(CameraStatus.State.LOST);
  }

  @Test
  void run_brokerIsSlow_dropsOldestAndCounts() {
    List<CompletableFuture<Void>> answers = new CopyOnWriteArrayList<>();
    start(
        new CameraSettings("door", "rtsp://door/"),
        sink -> {
          for (int picture = 0; picture < 100; picture++) {
            sink.take(CapturedPicture.of(PICTURE));
          }
        },
        true,
        frame -> {
          CompletableFuture<Void> answer = new CompletableFuture<>();
          sent.add(frame);
          answers.add(answer);
          return answer;
        });
    Await.until("all came", LIMIT, () -> status().state() == CameraStatus.State.ENDED);
    Await.until("some are under way", LIMIT, () -> answers.size() == 4);
    for (int next = 0; worker.isRunning(); next++) {
      int at = next;
      Await.until("the next", LIMIT, () -> answers.size() > at || !worker.isRunning());
      if (answers.size() > at) {
        answers.get(at).complete(null);
      }
    }
    assertThat(status().framesIn()).isEqualTo(100);
    assertThat(status().framesOut() + status().dropped()).isEqualTo(100);
    assertThat(status().framesOut()).isBetween(32L, 36L);
    assertThat(sent.get(sent.size() - 1).frameId()).endsWith("-100");
    assertThat(sent.stream().map(Frame::frameId).distinct().count()).isEqualTo(sent.size());
  }

  @Test
  void close_frameInTheHandsOfTheClient_isCounted() throws InterruptedException {
    CountDownLatch held = new CountDownLatch(1);
    start(
        new CameraSettings("door", "rtsp://door/"),
        sink -> sink.take(CapturedPicture.of(PICTURE)),
        true,
        frame -> refuseSlowly(held));
    assertThat(held.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    sender.close();
    assertThat(status().framesIn()).isEqualTo(1);
    assertThat(status().dropped()).isEqualTo(1);
    assertThat(status().lastError()).contains("the broker did not take a frame");
  }

  @Test
  void run_pictureThatCannotFit_isCounted() {
    start(
        sink -> {
          sink.take(CapturedPicture.of(new byte[2_000_000]));
          sink.take(CapturedPicture.of(PICTURE));
          waitForStop(sink);
        },
        false);
    Await.until("the second", LIMIT, () -> status().framesOut() == 1);
    assertThat(status().dropped()).isEqualTo(1);
    assertThat(status().lastError()).contains("no JPEG, PNG or WebP");
  }

  @Test
  void frame_twoRuns_haveDifferentIds() {
    start(CameraWorkerTest::waitForStop, false);
    CameraSettings camera = new CameraSettings("door", "rtsp://door/");
    try (CameraStream first = new CameraStream(camera, 1 << 20, 1 << 20, () -> {}, time);
        CameraStream second = new CameraStream(camera, 1 << 20, 1 << 20, () -> {}, time)) {
      Optional<Frame> one = first.frame(CapturedPicture.of(PICTURE));
      assertThat(second.frame(CapturedPicture.of(PICTURE)).orElseThrow().frameId())
          .isNotEqualTo(one.orElseThrow().frameId());
    }
  }

  /** An Error is no reason for silence: the camera says what it was, and is opened again. */
  @Test
  void run_errorInTheSource_isSeenAndTheCameraOpenedAgain() {
    start(
        sink -> {
          if (opened.incrementAndGet() == 1) {
            throw new StackOverflowError("in a codec");
          }
          sink.take(CapturedPicture.of(PICTURE));
          waitForStop(sink);
        },
        false);
    Await.until("goes on", LIMIT, () -> status().state() == CameraStatus.State.LIVE);
    assertThat(status().lastError()).contains("in a codec");
  }

  @Test
  void run_errorInTheSender_isSeenAndItsFrameCounted() {
    start(
        new CameraSettings("door", "rtsp://door/"),
        sink -> {
          sink.take(CapturedPicture.of(PICTURE));
          waitForStop(sink);
        },
        true,
        frame -> {
          throw new OutOfMemoryError("no room for a frame");
        });
    Await.until("the thread is dead", LIMIT, () -> sender.death().isPresent());
    assertThat(sender.death().orElseThrow())
        .isEqualTo(
            "thread framelabel-camera-sender has died: java.lang.OutOfMemoryError: no room for a"
                + " frame");
    assertThat(status().dropped()).isEqualTo(1);
  }

  @Test
  void run_errorInTheWorker_isSeen() {
    sender = new FrameSender(frame -> CompletableFuture.completedFuture(null), time);
    CameraStream stream =
        new CameraStream(
            new CameraSettings("door", "rtsp://door/"), 1 << 20, 1 << 20, sender::wake, time);
    CameraWorker.Opener opener =
        () -> {
          throw new OutOfMemoryError("no room for a source");
        };
    worker = new CameraWorker(stream, opener, false, PATIENCE.toNanos());
    Await.until("the thread is dead", LIMIT, () -> worker.death().isPresent());
    assertThat(worker.isRunning()).isFalse();
    assertThat(worker.death().orElseThrow()).contains("no room for a source");
  }

  private void start(PictureSource source, boolean once) {
    start(
        new CameraSettings("door", "rtsp://door/"),
        source,
        once,
        frame -> {
          sent.add(frame);
          return CompletableFuture.completedFuture(null);
        });
  }

  private void start(
      CameraSettings camera,
      PictureSource source,
      boolean once,
      java.util.function.Function<Frame, CompletableFuture<Void>> publisher) {
    sender = new FrameSender(publisher, time);
    CameraStream stream = new CameraStream(camera, 1 << 20, 1 << 20, sender::wake, time);
    worker = new CameraWorker(stream, () -> source, once, PATIENCE.toNanos());
    sender.start(List.of(stream));
  }

  private CameraStatus status() {
    return worker.stream().health().status();
  }

  /** As a native call does, it does not care about interrupts, and longer than one may. */
  private void hang() {
    time.pass(PATIENCE.plusNanos(1));
    while (released.getCount() > 0) {
      try {
        released.await();
      } catch (InterruptedException e) {
        // Goes on hanging.
      }
    }
  }

  /** As a client that waits for a broker when it is interrupted, on a busy machine. */
  private static CompletableFuture<Void> refuseSlowly(CountDownLatch held) {
    held.countDown();
    try {
      TimeUnit.SECONDS.sleep(LIMIT.toSeconds());
      return CompletableFuture.completedFuture(null);
    } catch (InterruptedException e) {
      Await.pause(PATIENCE);
      return CompletableFuture.failedFuture(e);
    }
  }

  private static void waitForStop(PictureSource.Sink sink) throws InterruptedException {
    while (!sink.stops()) {
      sink.alive();
      Thread.sleep(5);
    }
  }
}
