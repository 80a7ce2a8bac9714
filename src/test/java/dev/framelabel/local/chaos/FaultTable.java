package dev.framelabel.local.chaos;

import dev.framelabel.report.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Collects the judged runs of a test class, for one table and one JSON file in {@code target/}. */
final class FaultTable {
  private final List<Row> rows = new ArrayList<>();

  /**
   * A judged run; of the two readers the worse one counts.
   *
   * @param transactionVersion of the broker; 0: its default
   * @param heldBack high watermarks less last stable offsets
   */
  record Row(
      String fault,
      int transactionVersion,
      double recoverySeconds,
      double longestGapSeconds,
      long produced,
      long labelled,
      long rejected,
      long lost,
      long doubled,
      long invented,
      long outOfOrder,
      long openTransactions,
      long heldBack,
      long restored,
      long failedCheckpoints) {}

  void add(FaultRun.Recovery recovery, int transactionVersion, FaultRun.End end) {
    Verdict live = end.live();
    Verdict fresh = end.fresh();
    rows.add(
        new Row(
            recovery.fault(),
            transactionVersion,
            recovery.recovery().toMillis() / 1000.0,
            recovery.longestGap().toMillis() / 1000.0,
            fresh.produced(),
            fresh.labelled(),
            fresh.rejected(),
            Math.max(live.lost(), fresh.lost()),
            Math.max(live.doubled(), fresh.doubled()),
            Math.max(live.invented(), fresh.invented()),
            Math.max(live.outOfOrder(), fresh.outOfOrder()),
            end.open().size(),
            end.heldBack(),
            end.restored(),
            end.failedCheckpoints()));
  }

  /** Prints the table, and writes {@code NAME.txt} and {@code NAME.json} into the folder. */
  void report(Path folder, String name) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "%-30s %2s %8s %7s %8s %5s %7s %8s %8s %4s %8s%n",
            "fault",
            "v",
            "recovery",
            "gap",
            "produced",
            "lost",
            "doubled",
            "invented",
            "disorder",
            "open",
            "heldBack"));
    for (Row row : rows) {
      text.append(
          String.format(
              "%-30s %2d %7.1fs %6.1fs %8d %5d %7d %8d %8d %4d %8d%n",
              row.fault(),
              row.transactionVersion(),
              row.recoverySeconds(),
              row.longestGapSeconds(),
              row.produced(),
              row.lost(),
              row.doubled(),
              row.invented(),
              row.outOfOrder(),
              row.openTransactions(),
              row.heldBack()));
    }
    System.out.print(text);
    try {
      Path ignored = Files.writeString(folder.resolve(name + ".txt"), text);
      ignored = Files.writeString(folder.resolve(name + ".json"), Json.indented(rows));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
