package dev.framelabel.bench;

import dev.framelabel.testing.cluster.AppFolder;
import dev.framelabel.testing.cluster.JavaProcess;
import dev.framelabel.testing.cluster.ProcessCluster;
import dev.framelabel.testing.cluster.SimulatedJob;
import dev.framelabel.tools.bench.BenchReport;
import dev.framelabel.tools.bench.Table;
import dev.framelabel.tools.clients.OutcomeReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.io.FileUtils;
import org.apache.kafka.common.IsolationLevel;

/**
 * The memory of a TaskManager process of its own, while it labels as fast as it can: by time, and
 * apart by what it is for.
 */
final class MemorySuite {
  static final String NAME = "memory";
  static final List<String> PARTS = List.of("demo", "full", "accelerator");

  private static final Duration WARM_UP = Duration.ofSeconds(30);
  private static final int SAMPLES = 20;

  private final BenchReport report;
  private final Lab.Settings settings;

  MemorySuite(BenchReport report, Lab.Settings settings) {
    this.report = report;
    this.settings = settings;
  }

  void run(Set<String> parts) throws Exception {
    if (parts.contains("demo")) {
      run("demo model, 640 x 480 JPEG", settings.model(), 16, 2_000, "below 1,000 MB, flat");
    }
    if (parts.contains("full")) {
      run(
          "full Xception 299 x 299, 640 x 480 JPEG",
          settings.bench().fullXception(),
          4,
          200,
          "below 1,500 MB, flat");
    }
    if (parts.contains("accelerator")) {
      overload();
    }
  }

  private void overload() throws Exception {
    Path folder = settings.bench().folder().resolve("memory-accelerator");
    Path jobJar =
        SimulatedJob.jar(
            settings.app().jobJar(), Files.createDirectories(folder).resolve("simulated-job.jar"));
    ProcessCluster.Settings usual =
        ProcessCluster.Settings.usual(
            new AppFolder(settings.app().path(), jobJar), settings.model(), folder);
    try (ProcessCluster cluster = ProcessCluster.start(oneTaskManager(usual))) {
      cluster.submit(
          "--model",
          SimulatedJob.model(OverloadMemory.DEVICE),
          "--decode-threads",
          "0",
          "--max-batch-size",
          Integer.toString(OverloadMemory.BATCH_SIZE));
      try (OutcomeReader reader =
          new OutcomeReader(
              cluster.broker().client(),
              ProcessCluster.LABELS,
              ProcessCluster.REJECTED,
              IsolationLevel.READ_UNCOMMITTED)) {
        Duration turn =
            Duration.ofSeconds(Math.round(60 * settings.minutes()))
                .dividedBy(2L * settings.rounds());
        new OverloadMemory(report, cluster, reader).run(settings.rounds(), turn);
      }
    } finally {
      FileUtils.deleteQuietly(folder.toFile());
    }
  }

  private void run(String title, Path model, int batchSize, int backlog, String target)
      throws Exception {
    Path folder = settings.bench().folder().resolve("memory-" + model.getFileName());
    ProcessCluster.Settings usual = ProcessCluster.Settings.usual(settings.app(), model, folder);
    try (ProcessCluster cluster = ProcessCluster.start(oneTaskManager(usual))) {
      cluster.submit(
          "--device",
          settings.bench().device(),
          "--intra-op-threads",
          "0",
          "--decode-threads",
          "0",
          "--max-batch-size",
          Integer.toString(batchSize));
      try (FullRateLoad load = new FullRateLoad(cluster.broker().client(), backlog)) {
        load.start();
        sample(title, target, cluster, load);
      }
    } finally {
      FileUtils.deleteQuietly(folder.toFile());
    }
  }

  private static ProcessCluster.Settings oneTaskManager(ProcessCluster.Settings usual) {
    return usual
        .withTaskManagers(1)
        // The frames of minutes are gigabytes.
        .withBroker(
            Map.of(
                "log.segment.bytes", "67108864",
                "log.retention.bytes", "268435456",
                "log.retention.check.interval.ms", "5000"))
        .withFlink(
            Map.of(
                "metrics.fetcher.update-interval", "1000",
                // The heap is resident from the beginning: growth is not the heap being filled.
                "env.java.opts.taskmanager", "-XX:+AlwaysPreTouch"));
  }

  private void sample(String title, String target, ProcessCluster cluster, FullRateLoad load)
      throws InterruptedException {
    JavaProcess process = cluster.flink().taskManagers().get(0);
    if (load.run(WARM_UP) == 0) {
      throw new IllegalStateException(
          "no frame was labelled in " + WARM_UP.toSeconds() + " s; the cluster's logs say why");
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    List<MemoryUse> uses = new ArrayList<>();
    Duration step = Duration.ofSeconds(Math.round(60 * settings.minutes())).dividedBy(SAMPLES);
    double minutes = 0;
    for (int sample = 0; sample <= SAMPLES; sample++) {
      double perSecond = sample == 0 ? load.perSecond() : load.run(step);
      MemoryUse use = MemoryUse.of(process, cluster.flink().rest());
      uses.add(use);
      rows.add(use.row(minutes, perSecond));
      minutes += step.toMillis() / 60e3;
      report.progress("%s, %s: %s", NAME, title, rows.get(sample));
      report.put(byTime(title, rows));
    }
    report.addRows(byTime(title, rows));
    report.addRows(
        NAME,
        "first and last third: " + title,
        "MB, medians of " + uses.size() / 3 + " samples",
        target,
        List.of(thirds(uses)));
    report.addRows(NAME, "outside of the heap: " + title, "MB", "", List.of(outside(uses)));
  }

  private static Table byTime(String title, List<Map<String, Object>> rows) {
    return new Table(NAME, "by time: " + title, "MB", "", 0, rows);
  }

  private static Map<String, Object> thirds(List<MemoryUse> uses) {
    int third = uses.size() / 3;
    List<MemoryUse> first = uses.subList(0, third);
    List<MemoryUse> last = uses.subList(uses.size() - third, uses.size());
    double before = BenchReport.median(first, MemoryUse::resident);
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", "TaskManager");
    row.put("firstThird", before);
    row.put("firstSpread", BenchReport.spread(first, MemoryUse::resident));
    row.put("lastThird", BenchReport.median(last, MemoryUse::resident));
    row.put("lastSpread", BenchReport.spread(last, MemoryUse::resident));
    row.put("lastToFirst", BenchReport.median(last, use -> use.resident() / before));
    row.put("highest", Lab.most(uses, MemoryUse::resident));
    return row;
  }

  /**
   * The most of each, and the most of them together: what a worker must be given beside its heap.
   */
  private static Map<String, Object> outside(List<MemoryUse> uses) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", "TaskManager");
    row.put("direct", Lab.most(uses, MemoryUse::direct));
    row.put("rest", Lab.most(uses, MemoryUse::rest));
    row.put("together", Lab.most(uses, use -> use.direct() + use.rest()));
    row.put("nonHeap", Lab.most(uses, MemoryUse::nonHeap));
    return row;
  }
}
