package dev.framelabel.bench;

import dev.framelabel.model.LabelModel;
import dev.framelabel.model.ModelOpener;
import dev.framelabel.tools.bench.BareLoop;
import dev.framelabel.tools.bench.BenchFrame;
import dev.framelabel.tools.bench.BenchReport;
import dev.framelabel.tools.bench.Contest;
import dev.framelabel.tools.bench.JobRuns;
import dev.framelabel.tools.bench.PipelineSuite;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.common.IsolationLevel;

/**
 * Framelabel's job against jobs as people write them today: same broker, frames, model and
 * checkpoints, everything in this JVM. Its tables belong to the report's pipeline suite.
 */
final class BaselineSuite {
  static final String NAME = "baselines";

  /** The others are slower, and would take minutes for all frames. */
  private static final int SHARE_OF_OTHERS = 3;

  private final BenchReport report;
  private final Lab.Settings settings;
  private final JobRuns runs;
  private final String bootstrapServers;

  BaselineSuite(BenchReport report, Lab.Settings settings, JobRuns runs, String bootstrapServers) {
    this.report = report;
    this.settings = settings;
    this.runs = runs;
    this.bootstrapServers = bootstrapServers;
  }

  void run() throws Exception {
    against(
        "demo model, 640 x 480 JPEG, against what people write today",
        settings.model(),
        ModelOpener.ONNX,
        BenchFrame.jpegs(640, 480),
        "Framelabel faster than each");
    against(
        "simulated accelerator, raw RGB, against what people write today",
        Path.of("simulated"),
        PipelineSuite.simulated(71),
        BenchFrame.raw(),
        "Framelabel at least 4 times as fast as each");
  }

  private void against(
      String title, Path model, ModelOpener opener, List<BenchFrame> frames, String target)
      throws Exception {
    int batch = PipelineSuite.BATCH;
    try (LabelModel opened = opener.open(model, settings.bench().session(batch));
        BareLoop loop = new BareLoop(opened, frames, batch)) {
      int count = loop.framesFor(settings.bench().seconds());
      String topic = runs.fill(frames, count);
      int part = count / SHARE_OF_OTHERS;
      Configuration options = runs.options(model, batch);
      FlinkBaselines flink = new FlinkBaselines(opener);
      Contest contest =
          new Contest()
              .enter(
                  PipelineSuite.OURS, () -> job(topic, count, options, JobRuns.framelabel(opener)))
              .enter(
                  "Flink map, one frame at a time",
                  () -> job(topic, part, options, (e, j, f) -> flink.addMapJob(e, j)))
              .enter(
                  "Flink async, one frame a call",
                  () -> job(topic, part, options, (e, j, f) -> flink.addAsyncJob(e, j)))
              .enter(
                  "Kafka Streams, one frame at a time", () -> streams(topic, part, opener, model));
      report.contest(
          PipelineSuite.NAME, title, "committed frames/s", target, contest, settings.rounds());
    }
  }

  private double streams(String topic, int count, ModelOpener opener, Path model) throws Exception {
    String run = runs.newRun();
    LabelModel opened = FlinkBaselines.open(opener, model, settings.bench().device());
    try (StreamsBaseline streams =
        new StreamsBaseline(
            bootstrapServers, run, topic, run + "-labels", opened, settings.bench().folder())) {
      return runs.read(run, count, IsolationLevel.READ_COMMITTED, () -> {});
    }
  }

  private double job(String topic, int count, Configuration options, JobRuns.Job job)
      throws Exception {
    return runs.job(topic, count, options, IsolationLevel.READ_COMMITTED, job);
  }
}
