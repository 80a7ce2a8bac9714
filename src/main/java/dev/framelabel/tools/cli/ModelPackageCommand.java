package dev.framelabel.tools.cli;

import dev.framelabel.tools.modelkit.InputSize;
import dev.framelabel.tools.modelkit.LabelNames;
import dev.framelabel.tools.modelkit.Layout;
import dev.framelabel.tools.modelkit.Packaging.Result;
import dev.framelabel.tools.modelkit.PackagingPlan;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code framelabel model package}. */
@Command(
    name = "package",
    description =
        "Creates a label model from any ONNX image classifier: adds cast, layout, normalisation and softmax or sigmoid to the"
            + " graph. Each pixel becomes (pixel * scale - mean) / std.",
    footer = {
      "",
      "Example: framelabel model package classifier.onnx --labels labels.txt --out labelled.onnx",
      "Example: framelabel model package vit/ --out vit-label.onnx"
    })
final class ModelPackageCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOutput output;

  @Parameters(
      paramLabel = "MODEL",
      description =
          "Image classifier: an .onnx file, or the folder of an export from Hugging Face, Optimum or timm (model.onnx with"
              + " config.json, preprocessor_config.json).")
  private Path model;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "Label model to write (.onnx).")
  private Path out;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description =
          "Label names in class order: a text file with one per line, or the imagenet_class_index.json of"
              + " Keras. Default: from the config files in the folder of MODEL.")
  private Path labels;

  @Option(
      names = "--layout",
      paramLabel = "LAYOUT",
      description =
          "Input layout of the classifier: nchw (PyTorch) or nhwc (TensorFlow). Default: detected from the"
              + " shape of its input.")
  private Layout layout;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description =
          "Input of the classifier: the side of a square, or WIDTHxHEIGHT. Default: the shape of its"
              + " input, or the config files in the folder of MODEL.")
  private String size;

  @Option(
      names = "--scale",
      paramLabel = "X",
      description =
          "Factor for pixels 0 to 255, applied first: a number or a fraction. Default: from the config"
              + " files in the folder of MODEL, else 1/255.",
      converter = FractionConverter.class)
  private Double scale;

  @Option(
      names = "--mean",
      paramLabel = "X",
      split = ",",
      description =
          "Mean to subtract: one number, or red,green,blue. Default: from the config files in the folder"
              + " of MODEL, else 0.")
  private List<Double> mean;

  @Option(
      names = "--std",
      paramLabel = "X",
      split = ",",
      description =
          "Standard deviation to divide by: one number, or red,green,blue. Default: from the config files"
              + " in the folder of MODEL, else 1.")
  private List<Double> std;

  @Option(
      names = "--bgr",
      description = "The classifier expects channels in the order blue, green, red.")
  private boolean blueFirst;

  @ArgGroup private Output kind = new Output();

  @Option(
      names = "--multi-label",
      description =
          "Several classes can be true for one image. Adds a sigmoid if the classifier gives values"
              + " outside 0 to 1, or with --logits.")
  private boolean multiLabel;

  /** Options for the classifier's output. */
  static final class Output {
    @Option(
        names = "--logits",
        description =
            "The classifier gives logits: add a softmax. Default: detected by a trial run on generated"
                + " images.")
    private boolean logits;

    @Option(
        names = "--probabilities",
        description = "The classifier gives probabilities: add nothing.")
    private boolean probabilities;
  }

  @Override
  public Integer call() {
    PackagingPlan plan = PackagingPlan.of(model);
    plan.layout().set(layout, "--layout");
    plan.size().set(size == null ? null : InputSize.parse(size), "--size");
    plan.scale().set(scale, "--scale");
    plan.mean().set(mean, "--mean");
    plan.std().set(std, "--std");
    plan.blueFirst().set(blueFirst ? true : null, "--bgr");
    plan.labels().set(labels == null ? null : LabelNames.read(labels), "--labels");
    plan.result().set(result(), "option");
    output.save(plan, out, spec.commandLine().getOut());
    return 0;
  }

  /** Returns the output's kind; null where the user says nothing. */
  private Result result() {
    if (multiLabel && kind.probabilities) {
      throw new ParameterException(
          spec.commandLine(),
          "--probabilities says that a picture is of one class; expected it without --multi-label");
    }
    if (multiLabel) {
      return kind.logits ? Result.MULTI_LABEL_LOGITS : Result.MULTI_LABEL;
    }
    if (kind.logits) {
      return Result.LOGITS;
    }
    return kind.probabilities ? Result.PROBABILITIES : null;
  }

  /** Converter of {@code 0.5} or {@code 1/255}. */
  static final class FractionConverter implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      try {
        int slash = text.indexOf('/');
        return slash < 0
            ? Double.parseDouble(text)
            : Double.parseDouble(text.substring(0, slash))
                / Double.parseDouble(text.substring(slash + 1));
      } catch (NumberFormatException e) {
        throw new TypeConversionException(
            "found '" + text + "'; expected a number as 0.5 or 1/255");
      }
    }
  }
}
