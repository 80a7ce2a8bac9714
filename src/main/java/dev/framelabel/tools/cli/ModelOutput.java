package dev.framelabel.tools.cli;

import dev.framelabel.model.OnnxLabelModel;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.tools.modelkit.Agreement;
import dev.framelabel.tools.modelkit.ModelFile;
import dev.framelabel.tools.modelkit.PackageMetadata;
import dev.framelabel.tools.modelkit.Packager;
import dev.framelabel.tools.modelkit.PackagingPlan;
import dev.framelabel.tools.modelkit.TrialRun;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Options of the commands that write a label model. */
final class ModelOutput {
  private static final int TRIAL_PICTURES = 4;
  private static final String FIRST_VERSION = "1";

  /** Precision in which the written model computes. */
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
      defaultValue = FIRST_VERSION)
  private String version = FIRST_VERSION;

  @Option(
      names = "--resize",
      paramLabel = "HOW",
      description =
          "How the job fits images of another aspect ratio: stretch, crop or letterbox. Default: from the"
              + " config files of the export that is packaged, else stretch.")
  private String resize;

  @Option(
      names = "--crop-pct",
      paramLabel = "P",
      description =
          "Fraction of the width and of the height that the model sees, cut from the centre of the resized"
              + " image, as in timm. Default: from the config files of the export that is packaged, else 1.")
  private Double cropPct;

  @Option(
      names = "--interpolation",
      paramLabel = "HOW",
      description =
          "How images are scaled: bilinear or bicubic (the same pixels as Pillow), or fast. Default: from"
              + " the config files of the export that is packaged, else fast.")
  private String interpolation;

  @Option(
      names = "--precision",
      paramLabel = "P",
      description =
          "fp32 or fp16. fp16: weights and computation in half precision; input and output stay the same.",
      defaultValue = "fp32")
  private Precision precision;

  PackageMetadata metadata(Path out, List<String> labels) {
    return new PackageMetadata(
        name(out),
        version,
        labels,
        resize == null ? PackageMetadata.RESIZE : resize,
        cropPct == null ? 1 : cropPct,
        interpolation == null ? PackageMetadata.INTERPOLATION : interpolation);
  }

  private String name(Path out) {
    String fileName = out.getFileName().toString();
    String plain =
        fileName.toLowerCase(Locale.ROOT).endsWith(".onnx")
            ? fileName.substring(0, fileName.length() - ".onnx".length())
            : fileName;
    return name == null ? plain : name;
  }

  /** Packages by the plan and these options, and prints where each part was taken from. */
  void save(PackagingPlan plan, Path out, PrintWriter report) {
    plan.resize().set(resize, "--resize");
    plan.cropPct().set(cropPct, "--crop-pct");
    plan.interpolation().set(interpolation, "--interpolation");
    Packager.Packaged packaged = plan.packaged(name(out), version);
    report.println(plan.file() + ":");
    plan.lines().forEach(report::println);
    report.println("  measured      " + packaged.measured());
    save(packaged.model(), out, report);
  }

  /** Writes the model, tried out first, and reports what fp16 changed. */
  void save(ModelFile model, Path out, PrintWriter report) {
    if (precision == Precision.FP16) {
      model
          .inHalfPrecision()
          .save(out, written -> report.println(difference(model, written).toText("fp16", "fp32")));
    } else {
      model.save(out, written -> tryOut(written));
    }
    report.println(out + ": written, tried on " + TRIAL_PICTURES + " generated images");
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
