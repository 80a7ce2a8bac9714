package dev.framelabel.tools.cli;

import dev.framelabel.local.chaos.Chaos;
import dev.framelabel.local.chaos.ChaosReport;
import dev.framelabel.local.cluster.AppFolder;
import dev.framelabel.local.cluster.ProcessCluster;
import dev.framelabel.tools.demo.TemporaryFolder;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code framelabel chaos}. */
@Command(
    name = "chaos",
    description =
        "Starts a cluster of real processes, labels frames on it, and kills, freezes and cuts off its parts in"
            + " random order. Exit status 1 if a frame was lost, doubled or out of order, or results are held back. As root"
            + " it cuts the network with iptables (rules for one port of loopback, taken away again), else with a"
            + " proxy.",
    footer = {"", "Example: framelabel chaos --minutes 4 --seed 7"},
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class ChaosCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--minutes", paramLabel = "N", defaultValue = "10")
  private int minutes;

  @Option(names = "--seed", paramLabel = "S", description = "Repeats a run. Default: a new one.")
  private Long seed;

  @Option(
      names = "--transaction-version",
      paramLabel = "V",
      description = "Of Kafka's transaction protocol: 1 or 2.",
      defaultValue = "2")
  private int transactionVersion;

  @Option(names = "--report", paramLabel = "FILE", description = "Write the summary as JSON.")
  private Path report;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    try (TemporaryFolder folder = TemporaryFolder.create("chaos")) {
      ProcessCluster.Settings settings =
          ProcessCluster.Settings.usual(
                  new AppFolder(Installation.path().resolve("target/framelabel")),
                  Installation.path().resolve("model/demo-xception.onnx"),
                  folder.path())
              .withTransactionVersion(transactionVersion);
      ChaosReport result =
          new Chaos(settings, out)
              .run(
                  Duration.ofMinutes(minutes),
                  seed == null ? ThreadLocalRandom.current().nextLong(1_000_000) : seed);
      out.println(result.toJson());
      out.flush();
      if (report != null) {
        Files.writeString(report, result.toJson() + System.lineSeparator());
      }
      return result.exact() ? 0 : 1;
    }
  }
}
