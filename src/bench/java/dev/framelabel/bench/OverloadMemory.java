package dev.framelabel.bench;

import dev.framelabel.testing.chaos.FrameLoad;
import dev.framelabel.testing.cluster.ProcessCluster;
import dev.framelabel.tools.bench.BenchReport;
import dev.framelabel.tools.bench.SimulatedAccelerator;
import dev.framelabel.tools.bench.Table;
import dev.framelabel.tools.clients.OutcomeReader;
import dev.framelabel.tools.demo.DemoFrames;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a TaskManager process holds while more frames come than its device can label, beside what it
 * holds while half as many come as it can: by turns, in one process.
 */
final class OverloadMemory {
  /** Slow enough that two cores carry half as much again, with the load's own work. */
  static final SimulatedAccelerator DEVICE =
      new SimulatedAccelerator(299, 10, Duration.ofMillis(20), Duration.ofMillis(3));

  static final int BATCH_SIZE = 16;

  private static final String TITLE =
      "by load: simulated device, batches of at most " + BATCH_SIZE + ", 640 x 480 JPEG";
  private static final String TARGET =
      "at 1.5 batches full, and resident at most 1.05 of that at 0.5";
  private static final List<Double> LOADS = List.of(0.5, 1.5);
  private static final int CAMERAS = 16;
  private static final int LOOKS = 8;
  private static final Duration WARM_UP = Duration.ofSeconds(40);
  private static final Duration READ = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final String OPERATOR = "classify.framelabel.";
  private static final String BATCHES = OPERATOR + "batches";
  private static final String BATCHED = OPERATOR + "batchedFrames";
  private static final String IN_FLIGHT = OPERATOR + "inFlightFrames";
  private static final String BUSY = "busyTimeMsPerSecond";

  private final BenchReport report;
  private final ProcessCluster cluster;
  private final OutcomeReader reader;
  private final DemoFrames pictures = new DemoFrames();

  /**
   * @param cluster with one TaskManager, on which a job labels with {@link #DEVICE} in batches of
   *     {@link #BATCH_SIZE}
   * @param reader of its results
   */
  OverloadMemory(BenchReport report, ProcessCluster cluster, OutcomeReader reader) {
    this.report = report;
    this.cluster = cluster;
    this.reader = reader;
  }

  /**
   * The process at one moment.
   *
   * @param published frames since the turn began
   * @param seen of them labelled
   */
  private record Look(
      long nanos, long published, long seen, MemoryUse use, Map<String, Double> metrics) {
    double metric(String name) {
      return metrics.getOrDefault(name, 0.0);
    }
  }

  /**
   * What one turn came to.
   *
   * @param offered frames a second that came
   * @param perSecond frames a second that were labelled
   * @param busy of the task in the last minute, ms a second
   * @param inFlight frames of one task, at most
   * @param waiting frames that were published and not labelled at the end
   */
  private record Turn(
      double offered,
      double perSecond,
      double meanBatch,
      double busy,
      double inFlight,
      double waiting,
      double resident,
      double highest,
      double direct,
      double rest) {}

  /**
   * @param rounds that count, after a short one that does not
   * @param length of each turn
   */
  void run(int rounds, Duration length) throws IOException {
    Map<Double, List<Turn>> seen = new LinkedHashMap<>();
    for (int round = 0; round <= rounds; round++) {
      for (double load : LOADS) {
        Turn turn = turn(load, round == 0 ? WARM_UP : length);
        report.progress(
            "%s, load %s, %s: %s",
            MemorySuite.NAME, load, round == 0 ? "warm-up" : "round " + round, turn);
        if (round > 0) {
          seen.computeIfAbsent(load, any -> new ArrayList<>()).add(turn);
        }
      }
      if (round > 0) {
        report.put(table(round, seen));
      }
    }
    report.addRows(table(rounds, seen));
  }

  private Turn turn(double load, Duration length) throws IOException {
    List<Look> looks = new ArrayList<>();
    long published;
    long seen = 0;
    try (FrameLoad frames =
        new FrameLoad(
            cluster.broker().client(),
            ProcessCluster.FRAMES,
            CAMERAS,
            load * DEVICE.capacity(BATCH_SIZE),
            pictures)) {
      frames.start();
      for (int look = 0; look < LOOKS; look++) {
        seen += read(length.dividedBy(LOOKS));
        looks.add(look(frames.taken(), seen));
      }
      frames.stop();
      published = frames.taken();
    }
    // The next turn finds nothing that waits.
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (seen < published) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            seen + " of " + published + " frames were labelled after " + PATIENCE);
      }
      seen += read(READ);
    }
    return turn(looks);
  }

  private long read(Duration duration) throws IOException {
    long end = System.nanoTime() + duration.toNanos();
    long found = 0;
    while (System.nanoTime() < end) {
      found += reader.poll(READ).size();
    }
    return found;
  }

  private Look look(long published, long seen) {
    long nanos = System.nanoTime();
    Map<String, Double> ignored = metrics();
    MemoryUse use = MemoryUse.of(cluster.flink().taskManagers().get(0), cluster.flink().rest());
    return new Look(nanos, published, seen, use, metrics());
  }

  private Map<String, Double> metrics() {
    return cluster
        .flink()
        .rest()
        .largest(cluster.job(), List.of(BATCHES, BATCHED, IN_FLIGHT, BUSY));
  }

  /** Rates and batches are those between the first look and the last. */
  private static Turn turn(List<Look> looks) {
    Look first = looks.get(0);
    Look last = looks.get(looks.size() - 1);
    double seconds = (last.nanos - first.nanos) / 1e9;
    return new Turn(
        (last.published - first.published) / seconds,
        (last.seen - first.seen) / seconds,
        (last.metric(BATCHED) - first.metric(BATCHED))
            / (last.metric(BATCHES) - first.metric(BATCHES)),
        last.metric(BUSY),
        Lab.most(looks, look -> look.metric(IN_FLIGHT)),
        last.published - last.seen,
        BenchReport.median(looks, look -> look.use.resident()),
        Lab.most(looks, look -> look.use.resident()),
        Lab.most(looks, look -> look.use.direct()),
        Lab.most(looks, look -> look.use.rest()));
  }

  private static Table table(int rounds, Map<Double, List<Turn>> seen) {
    List<Map<String, Object>> rows = new ArrayList<>();
    List<Turn> half = seen.get(LOADS.get(0));
    seen.forEach((load, turns) -> rows.add(row(load, turns, half)));
    return new Table(MemorySuite.NAME, TITLE, "MB", TARGET, rounds, rows);
  }

  private static Map<String, Object> row(double load, List<Turn> turns, List<Turn> half) {
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < turns.size(); round++) {
      ratios.add(turns.get(round).resident() / half.get(round).resident());
    }
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", "load " + load);
    row.put("offered", BenchReport.median(turns, Turn::offered));
    row.put("framesPerSecond", BenchReport.median(turns, Turn::perSecond));
    row.put("meanBatch", BenchReport.median(turns, Turn::meanBatch));
    row.put("busyMillis", BenchReport.median(turns, Turn::busy));
    row.put("inFlight", Lab.most(turns, Turn::inFlight));
    row.put("waitingFrames", BenchReport.median(turns, Turn::waiting));
    row.put("resident", BenchReport.median(turns, Turn::resident));
    row.put("spread", BenchReport.spread(turns, Turn::resident));
    row.put("ratio", BenchReport.median(ratios, ratio -> ratio));
    row.put("highest", Lab.most(turns, Turn::highest));
    row.put("direct", Lab.most(turns, Turn::direct));
    row.put("rest", Lab.most(turns, Turn::rest));
    return row;
  }
}
