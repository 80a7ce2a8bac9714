package dev.framelabel.tools.cli;

import dev.framelabel.model.OnnxLabelModel;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.tools.demo.TemporaryFolder;
import dev.framelabel.tools.modelkit.Agreement;
import dev.framelabel.tools.modelkit.ModelFile;
import dev.framelabel.tools.modelkit.PackageMetadata;
import dev.framelabel.tools.modelkit.TrialRun;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** What the commands that write a label model have in common. */
final class ModelOutput {
  private static final int TRIAL_PICTURES = 4;

  /** How the written model computes. */
  enum Precision {
    FP32,
    FP16
  }

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Model name in its metadata. Default: the file name without .onnx.")
  private String name;

  @Option(
      names = "--model-version",
      paramLabel = "VERSION",
      description = "Model version in its metadata.",
      defaultValue = "1")
  private String version;

  @Option(
      names = "--resize",
      paramLabel = "HOW",
      description = "How the job fits images of another aspect ratio: stretch, crop or letterbox.",
      defaultValue = "stretch")
  private String resize;

  @Option(
      names = "--precision",
      paramLabel = "P",
      description =
          "fp32, or fp16: weights and computation in half precision, input and output unchanged.",
      defaultValue = "fp32")
  private Precision precision;

  PackageMetadata metadata(Path out, List<String> labels) {
    String fileName = out.getFileName().toString();
    String plain =
        fileName.toLowerCase(Locale.ROOT).endsWith(".onnx")
            ? fileName.substring(0, fileName.length() - ".onnx".length())
            : fileName;
    return new PackageMetadata(name == null ? plain : name, version, labels, resize);
  }

  /** Writes the model, tried out first, and reports what fp16 changed. */
  void save(ModelFile model, Path out, PrintWriter report) {
    if (precision == Precision.FP32) {
      model.save(out, written -> tryOut(written));
    } else {
      model
          .inHalfPrecision()
          .save(out, written -> report.println(difference(model, written).toText("fp16", "fp32")));
    }
    report.println(out + ": written, tried on " + TRIAL_PICTURES + " made-up pictures");
  }

  private static List<float[]> tryOut(Path file) {
    try (OnnxLabelModel opened = new OnnxLabelModel(file, SessionSettings.onCpu(TRIAL_PICTURES))) {
      return TrialRun.of(opened, TRIAL_PICTURES);
    }
  }

  private static Agreement difference(ModelFile whole, Path half) {
    return whole.whileSaved(file -> Agreement.of(tryOut(half), tryOut(file)));
  }
}
