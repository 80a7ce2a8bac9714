package dev.framelabel.tools.cli;

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
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code framelabel bench}. */
@Command(
    name = "bench",
    description =
        "Measures what this machine can do, to size hardware: decoding, the model, and the whole job. The"
            + " programs that are compared take turns. A figure is the median of the rounds. spread: (highest -"
            + " lowest) / median. ratio: the figure divided by that of the first row.",
    footer = {"", "Example: framelabel bench --suite decode,session --report bench.json"})
final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--suite",
      paramLabel = "SUITE",
      split = ",",
      description =
          "What to measure: decode (JPEG to pixels on one core), session (the model alone), pipeline (the"
              + " whole job, compared with a loop of decoder and model) or all.",
      defaultValue = "all")
  private List<String> suites;

  @Option(
      names = "--only",
      paramLabel = "PART",
      split = ",",
      description =
          "Parts of the pipeline suite: demo (the demo's model), full (an Xception of 299 x 299"
              + " pixels), accelerator (a simulated accelerator, to see what the other parts of the"
              + " job allow) or all.",
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
      description = "Length of a run in the pipeline suite.",
      defaultValue = "8")
  private double seconds;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "Label model of the session suite and the demo part. Default: the demo's.")
  private Path model;

  @Option(
      names = "--full-model",
      paramLabel = "FILE",
      description = "Label model of the full part. Default: an Xception with random weights.")
  private Path fullModel;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description = "Device of the model: cpu, cuda:N, tensorrt:N or openvino.")
  private String device;

  @Option(names = "--precision")
  private Precision precision;

  @Option(
      names = "--max-batch-size",
      paramLabel = "N",
      description =
          "Largest batch in the pipeline suite. Default: 16, and 4 for the full part on a CPU.")
  private Integer batchSize;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description =
          "Write the figures to this JSON file after each round. Figures of other suites and parts"
              + " stay in the file.")
  private Path report;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    try (TemporaryFolder folder = TemporaryFolder.create("bench")) {
      Machine machine = Machine.current(device);
      BenchReport written = new BenchReport(out, machine, Optional.ofNullable(report));
      new Bench(choice("--suite", suites, Bench.SUITES), settings(folder.path()), written).run();
      if (report != null) {
        out.printf("%nReport: %s%n", report);
      }
      return 0;
    }
  }

  private Bench.Settings settings(Path folder) {
    return new Bench.Settings(
        choice("--only", parts, Bench.PARTS),
        model == null
            ? FramelabelCommand.installation().resolve("model/demo-xception.onnx")
            : model,
        Optional.ofNullable(fullModel),
        device,
        precision,
        batchSize == null ? OptionalInt.empty() : OptionalInt.of(batchSize),
        rounds,
        seconds,
        folder);
  }

  private Set<String> choice(String option, List<String> found, List<String> valid) {
    try {
      return Bench.choice(option, found, valid);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
