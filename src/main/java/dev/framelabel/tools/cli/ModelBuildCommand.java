package dev.framelabel.tools.cli;

import dev.framelabel.tools.modelkit.LabelNames;
import dev.framelabel.tools.modelkit.Xception;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code framelabel model build}. */
@Command(
    name = "build",
    description =
        "Makes an Xception with random weights, for load tests: it costs what a trained one costs"
            + " and knows nothing. The same seed gives the same file.",
    footer = {"", "Example: framelabel model build --random --out xception.onnx"},
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class ModelBuildCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOutput output;

  @Option(
      names = "--random",
      required = true,
      description = "Random weights. Trained ones come in with 'model import'.")
  private boolean random;

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "File to write.")
  private Path out;

  @Option(
      names = "--classes",
      paramLabel = "N",
      description = "Number of classes.",
      defaultValue = "1000")
  private int classes;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Names of the classes. Default: class 0, class 1 and so on.")
  private Path labels;

  @Option(
      names = "--width",
      paramLabel = "W",
      description = "1: the paper's channels; 0.25: a quarter of them.",
      defaultValue = "1")
  private double width;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = "Side of the input, 71 or more.",
      defaultValue = "299")
  private int size;

  @Option(names = "--seed", paramLabel = "SEED", description = "Seed.", defaultValue = "7")
  private long seed;

  @Option(
      names = "--state-dict",
      paramLabel = "FILE",
      description = "Also write the weights, unfolded, for PyTorch (.safetensors).")
  private Path stateDict;

  @Override
  public Integer call() {
    if (!random) {
      throw new ParameterException(spec.commandLine(), "only --random networks are built here");
    }
    PrintWriter report = spec.commandLine().getOut();
    List<String> names =
        labels == null
            ? IntStream.range(0, classes).mapToObj(index -> "class " + index).toList()
            : LabelNames.read(labels);
    Xception network = Xception.random(classes, width, seed);
    if (stateDict != null) {
      network.saveStateDict(stateDict);
    }
    output.save(network.toModel(size, output.metadata(out, names)), out, report);
    return 0;
  }
}
