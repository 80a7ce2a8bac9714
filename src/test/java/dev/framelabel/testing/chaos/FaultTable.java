package dev.framelabel.testing.chaos;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.framelabel.tools.report.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Collects the judged runs of a test class in {@code target/}, beside those that are there: a class
 * that runs again adds to its figures, until {@code mvn clean}.
 */
final class FaultTable {
  private final List<Row> rows = new ArrayList<>();

  /**
   * A judged run; of the two readers the worse one counts.
   *
   * @param ended when it was judged, UTC
   * @param transactionVersion of the broker; 0: its default
   * @param recoverySeconds of each time that the fault happened in this run, in their order
   * @param rateBackSeconds likewise, until the former rate was back, where that was measured
   * @param longestGapSeconds after the last of them
   * @param heldBack high watermarks less last stable offsets
   */
  record Row(
      String ended,
      String fault,
      int transactionVersion,
      List<Double> recoverySeconds,
      List<Double> rateBackSeconds,
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
      long failedCheckpoints) {
    Row {
      recoverySeconds = List.copyOf(recoverySeconds);
      rateBackSeconds = List.copyOf(rateBackSeconds);
    }
  }

  /**
   * @param recoveries at least one, all from the same fault
   */
  void add(List<FaultRun.Recovery> recoveries, int transactionVersion, FaultRun.End end) {
    FaultRun.Recovery last = recoveries.get(recoveries.size() - 1);
    Verdict live = end.live();
    Verdict fresh = end.fresh();
    rows.add(
        new Row(
            Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
            last.fault(),
            transactionVersion,
            recoveries.stream().map(FaultRun.Recovery::seconds).toList(),
            recoveries.stream()
                .flatMap(one -> one.rateBack().stream())
                .map(back -> back.toMillis() / 1000.0)
                .toList(),
            last.longestGap().toMillis() / 1000.0,
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

  /**
   * Prints the runs and what each fault took in all of them, writes both to {@code NAME.txt}, and
   * the runs to {@code NAME.json}. Runs that {@code NAME.json} holds already stay in it; one that
   * cannot be read is set aside.
   */
  void report(Path folder, String name) {
    Path kept = folder.resolve(name + ".json");
    try {
      List<Row> all = new ArrayList<>(read(kept));
      all.addAll(rows);
      String text = runs(all) + System.lineSeparator() + faults(all);
      System.out.print(text);
      Path ignored = Files.writeString(folder.resolve(name + ".txt"), text);
      ignored = Files.writeString(kept, Json.indented(all));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Row> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      return List.of(JsonMapper.builder().build().readValue(file.toFile(), Row[].class));
    } catch (JacksonException e) {
      Path aside = file.resolveSibling(file.getFileName() + ".old");
      Path ignored = Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
      System.out.println(file + " holds no runs of this format, so it begins anew; see " + aside);
      return List.of();
    }
  }

  private static String runs(List<Row> rows) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "%-36s %2s %18s %7s %8s %5s %7s %8s %8s %4s %8s %8s %6s%n",
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
            "heldBack",
            "restored",
            "failed"));
    for (Row row : rows) {
      text.append(
          String.format(
              "%-36s %2d %17ss %6.1fs %8d %5d %7d %8d %8d %4d %8d %8d %6d%n",
              row.fault(),
              row.transactionVersion(),
              row.recoverySeconds().stream()
                  .map(seconds -> String.format("%.1f", seconds))
                  .collect(Collectors.joining(" ")),
              row.longestGapSeconds(),
              row.produced(),
              row.lost(),
              row.doubled(),
              row.invented(),
              row.outOfOrder(),
              row.openTransactions(),
              row.heldBack(),
              row.restored(),
              row.failedCheckpoints()));
    }
    return text.toString();
  }

  private static String faults(List<Row> rows) {
    RecoveryTimes times = new RecoveryTimes();
    rows.forEach(
        row -> {
          row.recoverySeconds().forEach(one -> times.add(row.fault(), one));
          row.rateBackSeconds().forEach(one -> times.add(row.fault() + ", rate back", one));
        });
    return times.table();
  }
}
