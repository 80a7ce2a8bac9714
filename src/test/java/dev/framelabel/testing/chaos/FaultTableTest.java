package dev.framelabel.testing.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultTableTest {
  private static final Verdict GOOD = new Verdict(12, 10, 2, 0, 0, 0, 0, 0);
  private static final FaultRun.End END = new FaultRun.End(GOOD, GOOD, List.of(), 0, 0, 0);

  @TempDir private Path folder;

  @Test
  void report_again_addsToTheRunsThatAreThere() throws IOException {
    report(List.of(recovery(2), recovery(8)));
    report(List.of(recovery(3)));
    assertThat(Files.readString(folder.resolve("faults.txt")))
        .contains("2.0 8.0s", "3.0s")
        .containsPattern("broker killed +3 +3\\.0 s +8\\.0 s");
  }

  @Test
  void report_otherFormatThere_setAside() throws IOException {
    String other = "[{\"fault\": \"broker killed\", \"recoverySeconds\": 4.0}]";
    Path ignored = Files.writeString(folder.resolve("faults.json"), other);
    report(List.of(recovery(3)));
    assertThat(folder.resolve("faults.json.old")).hasContent(other);
    assertThat(Files.readString(folder.resolve("faults.txt")))
        .containsPattern("broker killed +1 +3\\.0 s +3\\.0 s");
  }

  @Test
  void report_rateBackMeasured_isALineOfItsOwn() throws IOException {
    FaultRun.Recovery recovery =
        new FaultRun.Recovery(
            "kill",
            Duration.ofSeconds(7),
            Duration.ofSeconds(5),
            Optional.of(Duration.ofSeconds(20)));
    report(List.of(recovery, recovery));
    assertThat(Files.readString(folder.resolve("faults.txt")))
        .containsPattern("kill +2 +7\\.0 s +7\\.0 s")
        .containsPattern("kill, rate back +2 +20\\.0 s +20\\.0 s");
  }

  private void report(List<FaultRun.Recovery> recoveries) {
    FaultTable table = new FaultTable();
    table.add(recoveries, 2, END);
    table.report(folder, "faults");
  }

  private static FaultRun.Recovery recovery(int seconds) {
    return new FaultRun.Recovery(
        "broker killed", Duration.ofSeconds(seconds), Duration.ofSeconds(1));
  }
}
