package dev.framelabel.pipeline;

import dev.framelabel.classify.Classifier;
import dev.framelabel.classify.SharedClassifiers;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Image;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A frame from when its bytes are taken until its outcome is there, and its reading and the device
 * let go of it. Called by the task's thread, the timer and threads of the classifier.
 */
final class InFlightFrame {
  private static final Logger LOG = LoggerFactory.getLogger(InFlightFrame.class);

  private final LeasedClassifier classifier;
  private final FrameDeadline deadline;
  private final Frame frame;
  private final ByteBudget.Hold hold;
  private volatile long begunNanos;
  private volatile Future<?> timer;
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private volatile Attempt attempt;

  /** A frame at a classifier; another follows if that one turns out to be bad. */
  private record Attempt(SharedClassifiers.Lease lease, Classifier.Submission submission) {
    boolean answered() {
      return submission.outcome().isDone();
    }
  }

  InFlightFrame(LeasedClassifier classifier, Frame frame, ByteBudget.Hold hold) {
    this.classifier = classifier;
    this.deadline = classifier.deadline();
    this.frame = frame;
    this.hold = hold;
  }

  /** Starts the work on the frame. */
  CompletableFuture<Outcome> begin() {
    CompletableFuture<Outcome> ended =
        outcome.whenComplete(
            (done, failure) -> {
              stopClock();
              hold.done();
            });
    if (frame.image().format() == Image.Format.REFERENCE) {
      CompletableFuture<FrameEvent> ignored =
          classifier
              .read(frame, this::room, hold::letGo)
              .whenComplete((read, failure) -> wasRead(read, failure));
    } else {
      startClock();
      submit(frame);
    }
    return ended;
  }

  /**
   * Completes when those before it leave room: they have deadlines; its own time begins then. The
   * bytes count until the reading ends or is given up, even if the frame is rejected before.
   */
  private CompletableFuture<Void> room(long bytes) {
    return hold.grow(bytes)
        .thenRun(
            () -> {
              hold.keep();
              startClock();
            });
  }

  private void startClock() {
    begunNanos = System.nanoTime();
    timer = deadline.schedule(this::timeOut);
    if (outcome.isDone()) {
      stopClock();
    }
  }

  private void stopClock() {
    Future<?> running = timer;
    boolean ignored = running != null && running.cancel(false);
  }

  private void wasRead(FrameEvent read, Throwable failure) {
    if (failure != null) {
      fail(failure);
    } else if (read instanceof Frame whole) {
      submit(whole);
    } else {
      boolean ignored = outcome.complete((RejectedFrame) read);
    }
  }

  private void submit(Frame whole) {
    try {
      SharedClassifiers.Lease lease = classifier.lease();
      if (outcome.isDone()) {
        return;
      }
      Attempt next =
          new Attempt(
              lease,
              lease
                  .classifier()
                  .submit(
                      whole,
                      classifier.statistics(),
                      deadline.patienceNanos(System.nanoTime() - begunNanos)));
      attempt = next;
      CompletableFuture<Outcome> ignored =
          next.submission
              .outcome()
              .whenComplete((labelled, failure) -> answered(whole, next, labelled, failure));
      if (outcome.isDone()) {
        // Its time was over in this very moment.
        if (!next.submission.withdraw() && !next.answered()) {
          keepUntilAnswered(next);
        }
      }
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private void answered(Frame whole, Attempt by, Outcome labelled, Throwable failure) {
    hold.letGo();
    if (failure == null) {
      boolean ignored = outcome.complete(labelled);
      return;
    }
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof CancellationException) {
      // The classifier was replaced before the device had the frame, or the task is closed.
      classifier.resubmit(() -> submit(whole));
    } else if (cause instanceof TimeoutException) {
      reject(deadline.tooLate(frame, cause.getMessage()));
    } else {
      by.lease.markBad(cause.toString());
      fail(cause);
    }
  }

  /** Completes the frame at its deadline, whatever the task's thread waits for. */
  private void timeOut() {
    String story = deadline.over(frame);
    Attempt last = attempt;
    if (!deadline.rejects()) {
      if (last != null) {
        last.lease.markBad(story);
      }
      fail(new TimeoutException(story));
      return;
    }
    if (last != null && !last.submission.withdraw()) {
      keepUntilAnswered(last);
    }
    reject(story);
  }

  /** Keeps the bytes taken while the device has the frame, until it answers or is given up. */
  private void keepUntilAnswered(Attempt last) {
    hold.keep();
    Future<?> timer = deadline.schedule(() -> giveUp(last));
    CompletableFuture<Outcome> ignored =
        last.submission
            .outcome()
            .whenComplete(
                (labelled, failure) -> {
                  boolean unused = timer.cancel(false);
                  hold.letGo();
                });
  }

  private void giveUp(Attempt last) {
    if (!last.answered()) {
      last.lease.markBad("a batch runs for longer than --inference-timeout, with " + frame);
      hold.letGo();
    }
  }

  private void reject(String story) {
    if (outcome.complete(frame.reject(RejectionKind.DEVICE_FAILED, story))) {
      LOG.error(
          "Frame rejected, because --on-inference-timeout is reject: {}. See the runbook, section"
              + " 'Dead letters rise'",
          story);
    }
  }

  private void fail(Throwable failure) {
    classifier.fails();
    boolean ignored = outcome.completeExceptionally(failure);
  }
}
