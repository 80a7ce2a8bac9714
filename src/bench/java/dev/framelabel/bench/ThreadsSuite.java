package dev.framelabel.bench;

import dev.framelabel.config.JobOptions;
import dev.framelabel.model.ModelOpener;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.tools.bench.BareLoop;
import dev.framelabel.tools.bench.BenchFrame;
import dev.framelabel.tools.bench.BenchReport;
import dev.framelabel.tools.bench.Contest;
import dev.framelabel.tools.bench.JobRuns;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.common.IsolationLevel;

/**
 * The job's thread settings against each other, inside the job: batches at the same time, threads
 * of the session, whether they spin, and threads that decode. The first row is the default.
 */
final class ThreadsSuite {
  static final String NAME = "threads";

  private static final int BATCH = 16;

  private final BenchReport report;
  private final Lab.Settings settings;
  private final JobRuns runs;

  ThreadsSuite(BenchReport report, Lab.Settings settings, JobRuns runs) {
    this.report = report;
    this.settings = settings;
    this.runs = runs;
  }

  void run() throws Exception {
    List<BenchFrame> frames = BenchFrame.jpegs(640, 480);
    int count = Lab.framesFor(settings, frames, BATCH);
    String topic = runs.fill(frames, count);
    int cores = Runtime.getRuntime().availableProcessors();
    Contest contest = new Contest();
    for (Threads threads : settings(cores)) {
      contest.enter(threads.toString(), () -> perSecond(topic, count, threads));
    }
    report.contest(
        NAME,
        "demo model, 640 x 480 JPEG, " + cores + " cores",
        "committed frames/s",
        "no setting more than 1.05 of the default, the first row",
        contest,
        settings.rounds());
  }

  /** Those of a machine, the default first. */
  private static Set<Threads> settings(int cores) {
    Set<Threads> all = new LinkedHashSet<>();
    all.add(
        new Threads(
            SessionSettings.threadsBeside(BareLoop.STREAMS), false, BareLoop.STREAMS, cores));
    for (int decoding : new int[] {cores, 1}) {
      for (int streams : new int[] {BareLoop.STREAMS, 1}) {
        for (int session : new int[] {cores, 1}) {
          all.add(new Threads(session, false, streams, decoding));
        }
      }
    }
    all.add(new Threads(cores, true, BareLoop.STREAMS, cores));
    all.add(new Threads(cores, true, 1, cores));
    return all;
  }

  private double perSecond(String topic, int count, Threads threads) throws Exception {
    Configuration options = runs.options(settings.model(), BATCH);
    options.set(JobOptions.INTRA_OP_THREADS, threads.session());
    options.set(JobOptions.INTRA_OP_SPINNING, threads.spinning());
    options.set(JobOptions.CONCURRENT_BATCHES, threads.streams());
    options.set(JobOptions.DECODE_THREADS, threads.decoding());
    return runs.job(
        topic, count, options, IsolationLevel.READ_COMMITTED, JobRuns.framelabel(ModelOpener.ONNX));
  }

  /**
   * A setting.
   *
   * @param session computing threads
   * @param streams batches at the same time
   */
  private record Threads(int session, boolean spinning, int streams, int decoding) {
    @Override
    public String toString() {
      return "streams "
          + streams
          + ", session "
          + session
          + (spinning ? ", spinning" : "")
          + ", decoding "
          + decoding;
    }
  }
}
