package dev.framelabel.cli;

import dev.framelabel.bench.Bench;
import dev.framelabel.bench.BenchReport;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.commons.io.FileUtils;
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
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--suite",
      paramLabel = "SUITE",
      split = ",",
      description = "decode, session, graph, batch, pipeline or all.",
      defaultValue = "all")
  private List<String> suites;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds that count.",
      defaultValue = "5")
  private int rounds;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Length of a pipeline run.",
      defaultValue = "8")
  private double seconds;

  @Option(names = "--model", paramLabel = "FILE", description = "Default: the demo's Xception.")
  private Path model;

  @Option(
      names = "--full-model",
      paramLabel = "FILE",
      description =
          "An Xception of 299 x 299 pixels for the pipeline suite; without one it is left out.")
  private Path fullModel;

  @Option(
      names = "--reference",
      paramLabel = "FILE",
      description =
          "Another ONNX file of the same network as --model, for the graph suite, such as"
              + " torch.onnx.export writes; without one it is left out.")
  private Path reference;

  @Option(names = "--device", defaultValue = "cpu", description = "For the session suite.")
  private String device;

  @Option(names = "--report", paramLabel = "FILE", description = "Write the figures as JSON.")
  private Path report;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Path folder = Files.createTempDirectory("framelabel-bench-");
    try {
      out.println(BenchReport.machine());
      BenchReport figures = new Bench(settings(folder), out).run();
      if (report != null) {
        figures.write(report);
        out.printf("%nReport: %s%n", report);
      }
      out.flush();
      return 0;
    } finally {
      FileUtils.deleteQuietly(folder.toFile());
    }
  }

  private Bench.Settings settings(Path folder) {
    Set<String> chosen = new HashSet<>(suites.contains("all") ? Bench.SUITES : suites);
    if (!Bench.SUITES.containsAll(chosen)) {
      throw new ParameterException(
          spec.commandLine(),
          "found --suite " + suites + "; expected all or some of " + Bench.SUITES);
    }
    if (suites.contains("graph") && reference == null) {
      throw new ParameterException(
          spec.commandLine(), "--suite graph needs --reference FILE: what to compare --model with");
    }
    return new Bench.Settings(
        chosen,
        model == null ? Home.path().resolve("model/demo-xception.onnx") : model,
        Optional.ofNullable(fullModel),
        Optional.ofNullable(reference),
        device,
        rounds,
        seconds,
        folder);
  }
}
