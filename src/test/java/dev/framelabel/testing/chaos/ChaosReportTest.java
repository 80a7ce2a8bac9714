package dev.framelabel.testing.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.framelabel.kafka.admin.OpenTransactions;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChaosReportTest {
  private static final Verdict GOOD = new Verdict(12, 10, 2, 0, 0, 0, 0, 0);

  @Test
  void toJson_hasTheKeysThatProgramsRead() throws IOException {
    JsonNode json = new ObjectMapper().readTree(report(GOOD, GOOD, 3, 1, 2).toJson());
    List<String> keys = new ArrayList<>();
    json.fieldNames().forEachRemaining(keys::add);
    assertThat(keys)
        .containsExactly(
            "produced",
            "labelled",
            "rejected",
            "lost",
            "doubled",
            "invented",
            "outOfOrder",
            "faults",
            "recoverySecondsMedian",
            "recoverySecondsWorst",
            "seed",
            "misjudged",
            "openTransactions",
            "heldBack",
            "hostile",
            "strange",
            "taskFailures",
            "workerPeakMegabytes");
    assertThat(json.path("produced").asLong()).isEqualTo(12);
    assertThat(json.path("faults").size()).isEqualTo(3);
    assertThat(json.path("recoverySecondsMedian").asDouble()).isEqualTo(2);
    assertThat(json.path("recoverySecondsWorst").asDouble()).isEqualTo(3);
    assertThat(json.path("seed").asLong()).isEqualTo(7);
    assertThat(json.path("hostile").path("NAN").asLong()).isEqualTo(3);
    assertThat(json.path("taskFailures").path("killed").asLong()).isEqualTo(1);
  }

  @Test
  void exact_worseReaderCounts() {
    Verdict bad = new Verdict(12, 9, 2, 1, 0, 0, 0, 0);
    assertThat(report(GOOD, GOOD, 1).exact()).isTrue();
    assertThat(report(bad, GOOD, 1).lost()).isEqualTo(1);
    assertThat(report(GOOD, bad, 1).exact()).isFalse();
    assertThat(report(new Verdict(12, 10, 2, 0, 0, 0, 1, 0), GOOD, 1).exact()).isFalse();
  }

  @Test
  void exact_readersHeldBack_isNot() {
    List<OpenTransactions.Open> open =
        List.of(
            new OpenTransactions.Open(
                "framelabel.labels.-0-1",
                "Ongoing",
                Set.of("labels-0"),
                Instant.EPOCH,
                Duration.ofMinutes(1)));
    assertThat(report(new FaultRun.End(GOOD, GOOD, open, 0, 0, 0), 1).exact()).isFalse();
    assertThat(report(new FaultRun.End(GOOD, GOOD, List.of(), 3, 0, 0), 1).exact()).isFalse();
  }

  private static ChaosReport report(Verdict live, Verdict fresh, int... seconds) {
    return report(new FaultRun.End(live, fresh, List.of(), 0, 0, 0), seconds);
  }

  private static ChaosReport report(FaultRun.End end, int... seconds) {
    List<FaultRun.Recovery> recoveries = new ArrayList<>();
    for (int one : seconds) {
      recoveries.add(
          new FaultRun.Recovery("a fault", Duration.ofSeconds(one), Duration.ofSeconds(one)));
    }
    return ChaosReport.of(
        recoveries,
        end,
        7,
        new ChaosReport.Surroundings(Map.of(Hostility.NAN, 3), 4, Map.of("killed", 1), 900));
  }
}
