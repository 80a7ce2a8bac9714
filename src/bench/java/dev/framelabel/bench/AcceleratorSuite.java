package dev.framelabel.bench;

import dev.framelabel.testing.SimulatedAccelerator;
import dev.framelabel.tools.bench.BenchFrame;
import dev.framelabel.tools.bench.BenchReport;
import dev.framelabel.tools.bench.Contest;
import dev.framelabel.tools.bench.JobRuns;
import dev.framelabel.tools.bench.PipelineSuite;
import dev.framelabel.tools.bench.Table;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The whole job on a simulated accelerator, which shows what the other parts of the job allow. Its
 * tables belong to the report's pipeline suite.
 */
final class AcceleratorSuite {
  static final String NAME = "accelerator";

  private final BenchReport report;
  private final Lab.Settings settings;
  private final PipelineSuite pipeline;

  AcceleratorSuite(BenchReport report, Lab.Settings settings, JobRuns runs) {
    this.report = report;
    this.settings = settings;
    this.pipeline = new PipelineSuite(report, settings.bench(), runs);
  }

  /** Returns the suite's accelerator: 2 ms for a batch and 0.12 ms for each frame of it. */
  static SimulatedAccelerator simulated(int side) {
    return new SimulatedAccelerator(side, 10, Duration.ofMillis(2), Duration.ofNanos(120_000));
  }

  void run() throws Exception {
    SimulatedAccelerator device = simulated(71);
    Contest.Result raw =
        pipeline.against(
            setup("simulated accelerator, raw RGB", device, LabFrames.raw()),
            "Framelabel at least 0.90 of what the device allows");
    share(device.capacity(PipelineSuite.BATCH), raw.values());
    for (int side : new int[] {71, 299}) {
      Contest.Result ignored =
          pipeline.against(
              setup(
                  "simulated accelerator, 640 x 480 JPEG to " + side + " x " + side,
                  simulated(side),
                  BenchFrame.jpegs(640, 480)),
              "as far as the cores carry decoding");
    }
  }

  private PipelineSuite.Setup setup(
      String title, SimulatedAccelerator device, List<BenchFrame> frames) {
    return new PipelineSuite.Setup(
        title,
        Path.of("simulated"),
        device,
        PipelineSuite.BATCH,
        frames,
        settings.bench().seconds());
  }

  /** Adds how busy the simulated accelerator was. */
  private void share(double capacity, List<Double> perSecond) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", PipelineSuite.OURS);
    row.put("perSecond", BenchReport.median(perSecond, rate -> rate));
    row.put("deviceAllows", BenchReport.round(capacity));
    row.put("share", BenchReport.median(perSecond, rate -> rate / capacity));
    row.put("spread", BenchReport.spread(perSecond, rate -> rate / capacity));
    report.addRows(
        new Table(
            PipelineSuite.NAME,
            "share of what the simulated accelerator allows",
            "frames/s",
            "0.90",
            perSecond.size(),
            List.of(row)));
  }
}
