package dev.framelabel.testing.chaos;

import dev.framelabel.testing.cluster.AppFolder;
import dev.framelabel.testing.cluster.ProcessCluster;
import dev.framelabel.tools.demo.TemporaryFolder;
import dev.framelabel.tools.modelkit.OverflowingModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The main class of {@code .ci/chaos}: runs random faults in a checkout and writes the report. */
public final class ChaosMain {
  private static final String USAGE =
      "expected MINUTES SEED REPORT [TRANSACTION_VERSION], for example: 4 7 target/chaos.json";

  private ChaosMain() {}

  /**
   * What a run is told.
   *
   * @param report file that takes the summary as JSON
   * @param transactionVersion of Kafka's transaction protocol: 1 or 2
   */
  record Arguments(int minutes, long seed, Path report, int transactionVersion) {
    /**
     * Reads command line arguments.
     *
     * @throws IllegalArgumentException if they are not of the expected form
     */
    static Arguments parse(String... given) {
      if (given.length < 3 || given.length > 4) {
        throw new IllegalArgumentException("found " + given.length + " arguments; " + USAGE);
      }
      try {
        int version = given.length == 4 ? Integer.parseInt(given[3]) : 2;
        if (version != 1 && version != 2) {
          throw new IllegalArgumentException(
              "found transaction version " + version + "; expected 1 or 2");
        }
        return new Arguments(
            Integer.parseInt(given[0]), Long.parseLong(given[1]), Path.of(given[2]), version);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(e.getMessage() + "; " + USAGE, e);
      }
    }
  }

  /** Exit status: 0 every frame came out exactly once, 1 it did not, 2 wrong arguments. */
  public static void main(String[] given) throws IOException {
    Arguments arguments;
    try {
      arguments = Arguments.parse(given);
    } catch (IllegalArgumentException e) {
      System.err.println("chaos: " + e.getMessage());
      System.exit(2);
      return;
    }
    System.exit(run(arguments).exact() ? 0 : 1);
  }

  private static ChaosReport run(Arguments arguments) throws IOException {
    try (TemporaryFolder folder = TemporaryFolder.create("chaos")) {
      ProcessCluster.Settings settings =
          ProcessCluster.Settings.usual(
                  new AppFolder(Path.of("target/framelabel")),
                  OverflowingModel.save(
                      Path.of("model/demo-xception.onnx"), folder.path().resolve("model.onnx")),
                  folder.path())
              .withTransactionVersion(arguments.transactionVersion());
      PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
      ChaosReport report =
          new Chaos(settings, out).run(Duration.ofMinutes(arguments.minutes()), arguments.seed());
      out.println(report.toJson());
      Path ignored =
          Files.writeString(arguments.report(), report.toJson() + System.lineSeparator());
      return report;
    }
  }
}
