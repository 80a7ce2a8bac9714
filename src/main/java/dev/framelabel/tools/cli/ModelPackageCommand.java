package dev.framelabel.tools.cli;

import dev.framelabel.tools.modelkit.LabelNames;
import dev.framelabel.tools.modelkit.Layout;
import dev.framelabel.tools.modelkit.ModelFile;
import dev.framelabel.tools.modelkit.Normalisation;
import dev.framelabel.tools.modelkit.Packager;
import dev.framelabel.tools.modelkit.Packaging;
import dev.framelabel.tools.modelkit.Packaging.Result;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code framelabel model package}. */
@Command(
    name = "package",
    description =
        "Makes a label model of any ONNX image classifier: puts cast, layout, normalisation and"
            + " softmax into the graph. Pixels become (pixel * scale - mean) / std.",
    footer = {
      "",
      "Example: framelabel model package classifier.onnx --layout nchw --size 224 --labels labels.txt --out labelled.onnx"
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class ModelPackageCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOutput output;

  @Parameters(paramLabel = "MODEL", description = "The classifier (.onnx).")
  private Path model;

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "File to write.")
  private Path out;

  @Option(
      names = "--labels",
      required = true,
      paramLabel = "FILE",
      description = "Names of the classes: a line each, or Keras' imagenet_class_index.json.")
  private Path labels;

  @Option(
      names = "--layout",
      required = true,
      paramLabel = "LAYOUT",
      description = "nchw (PyTorch) or nhwc (TensorFlow).")
  private Layout layout;

  @Option(
      names = "--size",
      required = true,
      paramLabel = "PIXELS",
      description = "Side of its input.")
  private int size;

  @Option(
      names = "--scale",
      paramLabel = "X",
      description = "Applied to pixels 0..255 first; a number or a fraction.",
      converter = FractionConverter.class,
      defaultValue = "1/255")
  private double scale;

  @Option(
      names = "--mean",
      paramLabel = "X",
      split = ",",
      description = "One number, or red,green,blue.",
      defaultValue = "0")
  private List<Double> mean;

  @Option(
      names = "--std",
      paramLabel = "X",
      split = ",",
      description = "One number, or red,green,blue.",
      defaultValue = "1")
  private List<Double> std;

  @Option(names = "--bgr", description = "The classifier wants blue, green, red.")
  private boolean blueFirst;

  @ArgGroup private Kind kind = new Kind();

  /** What the classifier gives. */
  static final class Kind {
    @Option(
        names = "--logits",
        description = "Its output needs a softmax. Default: unless its last node is one.")
    private boolean logits;

    @Option(names = "--probabilities", description = "Its output are probabilities.")
    private boolean probabilities;

    Result result() {
      if (logits) {
        return Result.LOGITS;
      }
      return probabilities ? Result.PROBABILITIES : Result.BY_LAST_NODE;
    }
  }

  @Override
  public Integer call() {
    PrintWriter report = spec.commandLine().getOut();
    Packaging packaging =
        new Packaging(
            layout,
            size,
            new Normalisation(scale, mean, std),
            blueFirst,
            kind.result(),
            output.metadata(out, LabelNames.read(labels)));
    output.save(Packager.wrap(ModelFile.open(model), packaging), out, report);
    return 0;
  }
}
