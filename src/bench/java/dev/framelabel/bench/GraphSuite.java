package dev.framelabel.bench;

import dev.framelabel.model.LabelModel;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.tools.bench.BenchReport;
import dev.framelabel.tools.bench.Contest;
import dev.framelabel.tools.bench.SessionSuite;
import java.nio.file.Path;
import java.util.List;

/** A model beside another ONNX file of the same network: what its graph costs and nothing else. */
final class GraphSuite {
  static final String NAME = "graph";

  private static final List<Integer> BATCHES = List.of(1, 2, 8);

  private final BenchReport report;
  private final int rounds;
  private final String device;

  GraphSuite(BenchReport report, int rounds, String device) {
    this.report = report;
    this.rounds = rounds;
    this.device = device;
  }

  /**
   * @param model whose speed is judged
   * @param reference what it is compared with; another label model with the same input
   */
  void run(Path model, Path reference) throws Exception {
    for (int batch : BATCHES) {
      SessionSettings settings = SessionSettings.on(device, batch);
      try (LabelModel ours = LabelModel.open(model, settings);
          LabelModel theirs = LabelModel.open(reference, settings)) {
        requireSameInput(ours, theirs);
        report.contest(
            NAME,
            "batch " + batch + " on " + ours.device(),
            "frames/s",
            model.getFileName() + " at least 1.00 of " + reference.getFileName(),
            new Contest()
                .enter(
                    reference.getFileName().toString(), () -> SessionSuite.perSecond(theirs, batch))
                .enter(model.getFileName().toString(), () -> SessionSuite.perSecond(ours, batch)),
            rounds);
      }
    }
  }

  private static void requireSameInput(LabelModel one, LabelModel other) {
    if (one.metadata().frameBytes() != other.metadata().frameBytes()) {
      throw new IllegalArgumentException(
          "frames of "
              + one.metadata().name()
              + " have "
              + one.metadata().frameBytes()
              + " bytes, those of "
              + other.metadata().name()
              + " "
              + other.metadata().frameBytes()
              + "; expected models with the same input");
    }
  }
}
