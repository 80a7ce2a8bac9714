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
        "Creates an Xception label model with random weights, for load tests. It is as slow as a trained"
            + " one; its labels have no meaning. The same seed gives the same file.",
    footer = {"", "Example: framelabel model build --random --out xception.onnx"})
final class ModelBuildCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOutput output;

  @Option(
      names = "--random",
      required = true,
      description = "Use random weights. For trained weights: 'framelabel model import'.")
  private boolean random;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "Label model to write (.onnx).")
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
      description =
          "Label names in class order, one per line; their number replaces --classes. Default: class 0, class 1 and"
              + " so on.")
  private Path labels;

  @Option(
      names = "--width",
      paramLabel = "W",
      description = "Width multiplier: 1 gives the channels of the paper, 0.25 a quarter of them.",
      defaultValue = "1")
  private double width;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = "Width and height of the model's input, 71 or more.",
      defaultValue = "299")
  private int size;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      description = "Seed of the random weights.",
      defaultValue = "7")
  private long seed;

  @Option(
      names = "--state-dict",
      paramLabel = "FILE",
      description =
          "Also write the weights as a PyTorch state_dict (.safetensors); batch normalisation is not"
              + " folded.")
  private Path stateDict;

  @Override
  public Integer call() {
    if (!random) {
      throw new ParameterException(spec.commandLine(), "found --random=false; expected --random");
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
