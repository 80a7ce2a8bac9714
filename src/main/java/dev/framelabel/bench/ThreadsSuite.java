package dev.framelabel.bench;

import dev.framelabel.pipeline.JobOptions;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.common.IsolationLevel;

/**
 * The job's thread settings against each other, inside the job: threads of the session, whether
 * they spin, and threads that decode. The first row is the default.
 */
final class ThreadsSuite {
  static final String NAME = "threads";

  private static final int BATCH = 16;

  private final BenchReport report;
  private final Bench.Settings settings;
  private final JobRuns runs;

  ThreadsSuite(BenchReport report, Bench.Settings settings, JobRuns runs) {
    this.report = report;
    this.settings = settings;
    this.runs = runs;
  }

  void run() throws Exception {
    List<BenchFrame> frames = BenchFrame.jpegs(640, 480);
    int count = BareLoop.framesFor(settings, frames, BATCH);
    String topic = runs.fill(frames, count);
    int cores = Runtime.getRuntime().availableProcessors();
    Contest contest = new Contest();
    for (boolean spinning : new boolean[] {false, true}) {
      for (int session : new int[] {cores, 1}) {
        for (int decoding : new int[] {cores, 1}) {
          contest.enter(
              name(session, spinning, decoding),
              () -> perSecond(topic, count, options(session, spinning, decoding)));
        }
      }
    }
    report.contest(
        NAME,
        "demo model, 640 x 480 JPEG, " + cores + " cores",
        "committed frames/s",
        "no setting more than 1.05 of the default, the first row",
        contest,
        settings.rounds());
  }

  private static String name(int session, boolean spinning, int decoding) {
    return "session " + session + (spinning ? ", spinning" : "") + ", decoding " + decoding;
  }

  private Configuration options(int session, boolean spinning, int decoding) {
    Configuration options = runs.options(settings.model(), BATCH);
    options.set(JobOptions.SESSION_THREADS, session);
    options.set(JobOptions.SESSION_SPINNING, spinning);
    options.set(JobOptions.DECODE_THREADS, decoding);
    return options;
  }

  private double perSecond(String topic, int count, Configuration options) throws Exception {
    return runs.job(topic, count, options, IsolationLevel.READ_COMMITTED, JobRuns.Job.OURS)
        .perSecond();
  }
}
