package dev.framelabel.tools.cli;

import dev.framelabel.bench.Bench;
import dev.framelabel.bench.BenchReport;
import dev.framelabel.bench.Report;
import dev.framelabel.bench.docs.Documents;
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
        "Measures the product beside what people would use instead, in one run: contestants take turns, a figure is"
            + " the median over the rounds, spread is (highest - lowest) / median, and ratio refers to the first row.",
    footer = {"", "Example: framelabel bench --suite decode,session --report bench.json"},
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--suite",
      paramLabel = "SUITE",
      split = ",",
      description =
          "decode, session, graph, batch, pipeline, checkpoints, threads, allocation, memory or"
              + " all.",
      defaultValue = "all")
  private List<String> suites;

  @Option(
      names = "--only",
      paramLabel = "PART",
      split = ",",
      description =
          "Parts of the pipeline suite: demo, full, accelerator, baselines; of the memory suite:"
              + " demo, full, accelerator; or all.",
      defaultValue = "all")
  private List<String> parts;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds that count.",
      defaultValue = "5")
  private int rounds;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Length of a job's run in the pipeline, checkpoints and threads suites.",
      defaultValue = "8")
  private double seconds;

  @Option(
      names = "--minutes",
      paramLabel = "M",
      description =
          "Length of a run of the memory suite, without its start; of all turns of its part"
              + " 'accelerator', without what it then finishes.",
      defaultValue = "10")
  private double minutes;

  @Option(names = "--model", paramLabel = "FILE", description = "Default: the demo's Xception.")
  private Path model;

  @Option(
      names = "--full-model",
      paramLabel = "FILE",
      description = "An Xception of 299 x 299 pixels. Default: one with random weights is made.")
  private Path fullModel;

  @Option(
      names = "--reference",
      paramLabel = "FILE",
      description =
          "Another ONNX file of the same network as --model, for the graph suite, such as"
              + " torch.onnx.export writes; without one it is left out.")
  private Path reference;

  @Option(
      names = "--device",
      defaultValue = "cpu",
      description = "cpu, cuda:N or tensorrt:N; of every session that is not simulated.")
  private String device;

  @Option(
      names = "--max-batch-size",
      paramLabel = "N",
      description =
          "Largest batch in the pipeline suite. Default: 16, and 4 for the full Xception on a CPU.")
  private Integer batchSize;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description =
          "Write the figures as JSON, after each round. What the file has of other suites and parts"
              + " stays.")
  private Path report;

  @Option(
      names = "--render",
      paramLabel = "FOLDER",
      description =
          "Measure nothing: write the figures of docs/benchmark.json and docs/benchmark-gpu.json into"
              + " the README, the pages and the picture of the checkout in FOLDER.")
  private Path render;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    if (render != null) {
      new Documents(render).write().forEach(file -> out.println("Written: " + file));
      out.flush();
      return 0;
    }
    try (TemporaryFolder folder = TemporaryFolder.create("bench")) {
      String machine = Report.thisMachine(device);
      out.println(machine);
      BenchReport written = new BenchReport(out, machine, Optional.ofNullable(report));
      new Bench(settings(folder.path()), written).run();
      if (report != null) {
        out.printf("%nReport: %s%n", report);
      }
      out.flush();
      return 0;
    }
  }

  private Bench.Settings settings(Path folder) {
    if (suites.contains("graph") && reference == null) {
      throw new ParameterException(
          spec.commandLine(), "--suite graph needs --reference FILE: what to compare --model with");
    }
    return new Bench.Settings(
        choice("--suite", suites, Bench.SUITES),
        choice("--only", parts, Bench.PARTS),
        model == null ? Installation.path().resolve("model/demo-xception.onnx") : model,
        Optional.ofNullable(fullModel),
        Optional.ofNullable(reference),
        device,
        batchSize == null ? OptionalInt.empty() : OptionalInt.of(batchSize),
        rounds,
        seconds,
        minutes,
        Installation.path().resolve("target/framelabel"),
        folder);
  }

  private Set<String> choice(String option, List<String> asked, List<String> known) {
    try {
      return Bench.choice(option, asked, known);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
