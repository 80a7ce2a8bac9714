package dev.framelabel.pipeline;

import dev.framelabel.config.InferenceTimeout;
import dev.framelabel.config.JobOptions;
import dev.framelabel.event.Frame;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.util.TimeUtils;

/**
 * Deadline of a frame, and the reaction to a missed one. Runs on a timer of its own, not on
 * Flink's: Flink's timers stand still while the task's thread waits.
 *
 * @param nanos time-out of a frame
 * @param rejects whether a frame is rejected then; else the job fails
 * @param inFlight maximum number of in-flight frames of a task, for the message
 */
record FrameDeadline(ScheduledExecutorService timer, long nanos, boolean rejects, int inFlight)
    implements AutoCloseable {
  static FrameDeadline of(JobOptions options, ScheduledExecutorService timer) {
    return new FrameDeadline(
        timer,
        options.get(JobOptions.INFERENCE_TIMEOUT).toNanos(),
        options.get(JobOptions.ON_INFERENCE_TIMEOUT) == InferenceTimeout.REJECT,
        options.inFlight());
  }

  /** Runs a task after the time-out, which must not block; the caller cancels it. */
  ScheduledFuture<?> schedule(Runnable task) {
    return timer.schedule(task, nanos, TimeUnit.NANOSECONDS);
  }

  /** Returns for how many more nanoseconds the outcome of a frame of this age is of use. */
  long patienceNanos(long ageNanos) {
    return rejects ? nanos - ageNanos : Long.MAX_VALUE;
  }

  /** Returns the message that a frame's time is over. */
  String over(Frame frame) {
    return "no result after --inference-timeout "
        + limit(frame)
        + ": the device hangs or is too slow for --in-flight "
        + inFlight;
  }

  /** Returns the message that a frame's time would be over. */
  String tooLate(Frame frame, String cause) {
    return "no result within --inference-timeout "
        + limit(frame)
        + ": the device is too slow for --in-flight "
        + inFlight
        + ": "
        + cause;
  }

  private String limit(Frame frame) {
    return TimeUtils.formatWithHighestUnit(Duration.ofNanos(nanos)) + " for " + frame;
  }

  @Override
  public void close() {
    List<Runnable> ignored = timer.shutdownNow();
  }
}
