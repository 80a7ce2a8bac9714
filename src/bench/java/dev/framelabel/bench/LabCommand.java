package dev.framelabel.bench;

import dev.framelabel.bench.docs.Documents;
import dev.framelabel.model.Precision;
import dev.framelabel.tools.bench.Bench;
import dev.framelabel.tools.bench.BenchReport;
import dev.framelabel.tools.bench.Machine;
import dev.framelabel.tools.demo.TemporaryFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of {@code .ci/bench}; runs in the root of a checkout. */
@Command(
    name = ".ci/bench",
    description =
        "Runs the project's own benchmark suites, and renders the figures into the pages. The"
            + " suites that a user runs are in './framelabel bench'.",
    footer = {
      "",
      "Examples:",
      "  .ci/bench --suite batch,allocation --report docs/project/benchmark.json",
      "  .ci/bench --suite memory --only demo,full --minutes 10 --report"
          + " docs/project/benchmark.json",
      "  .ci/bench --render"
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class LabCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--suite",
      paramLabel = "SUITE",
      split = ",",
      description =
          "scaled-decode, graph, batch (with the policy sweep), baselines, checkpoints, threads,"
              + " allocation, memory or all.",
      defaultValue = "all")
  private List<String> suites;

  @Option(
      names = "--only",
      paramLabel = "PART",
      split = ",",
      description = "Parts of the memory suite: demo, full, accelerator (overload) or all.",
      defaultValue = "all")
  private List<String> parts;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds that count; one warm-up round runs first.",
      defaultValue = "5")
  private int rounds;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Length of a job's run in the suites baselines, checkpoints and threads.",
      defaultValue = "8")
  private double seconds;

  @Option(
      names = "--minutes",
      paramLabel = "M",
      description =
          "Length of a run of the memory suite, without its start. In the part accelerator: of all"
              + " turns together.",
      defaultValue = "10")
  private double minutes;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "Label model.",
      defaultValue = "model/demo-xception.onnx")
  private Path model;

  @Option(
      names = "--full-model",
      paramLabel = "FILE",
      description = "Label model of the part full. Default: an Xception with random weights.")
  private Path fullModel;

  @Option(
      names = "--reference",
      paramLabel = "FILE",
      description =
          "Another ONNX file of the same network as --model, for the graph suite, such as"
              + " torch.onnx.export writes. Without one the suite is left out.")
  private Path reference;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description = "Device of the model: cpu, cuda:N or tensorrt:N.")
  private String device;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description =
          "Write the figures to this JSON file after each round. Figures of other suites and parts"
              + " stay in the file.")
  private Path report;

  @Option(
      names = "--render",
      description =
          "Measure nothing: write the figures of the reports under docs/ into the pages and the"
              + " picture.")
  private boolean render;

  /** Exit status: 0 done, 1 failed, 2 wrong use. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new LabCommand()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    if (render) {
      new Documents(Path.of("")).write().forEach(file -> out.println("Written: " + file));
      out.flush();
      return 0;
    }
    Set<String> chosen = choice("--suite", suites, Lab.SUITES);
    if (suites.contains(GraphSuite.NAME) && reference == null) {
      throw new ParameterException(
          spec.commandLine(), "--suite graph needs --reference FILE, to compare --model with");
    }
    try (TemporaryFolder folder = TemporaryFolder.create("bench")) {
      Machine machine = Machine.current(device);
      BenchReport written = new BenchReport(out, machine, Optional.ofNullable(report));
      new Lab(chosen, settings(folder.path()), written).run();
      out.flush();
      return 0;
    }
  }

  private Lab.Settings settings(Path folder) {
    return new Lab.Settings(
        new Bench.Settings(
            choice("--only", parts, MemorySuite.PARTS),
            model,
            Optional.ofNullable(fullModel),
            device,
            Precision.F32,
            OptionalInt.empty(),
            rounds,
            seconds,
            folder),
        Optional.ofNullable(reference),
        minutes,
        Path.of("target/framelabel"));
  }

  private Set<String> choice(String option, List<String> found, List<String> valid) {
    try {
      return Bench.choice(option, found, valid);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
