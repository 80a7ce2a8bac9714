package dev.framelabel.tools.cli;

import dev.framelabel.classify.SampleCheck;
import dev.framelabel.model.Agreement;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.OnnxLabelModel;
import dev.framelabel.model.Sample;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.tools.modelkit.ModelFile;
import dev.framelabel.tools.modelkit.PackageMetadata;
import dev.framelabel.tools.modelkit.Packager;
import dev.framelabel.tools.modelkit.PackagingPlan;
import dev.framelabel.tools.modelkit.TrialRun;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
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

  @Option(
      names = "--samples",
      paramLabel = "DIR",
      description =
          "Folder of up to 32 pictures that the model is sure about. They are stored in the model, small, with their"
              + " probabilities: 'model verify' and 'doctor' compare them with those on another device.")
  private Path samples;

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
  void save(ModelFile plain, Path out, PrintWriter report) {
    ModelFile model = samples == null ? plain : withSamples(plain, report);
    if (precision == Precision.FP16) {
      model
          .inHalfPrecision()
          .save(out, written -> report.println(difference(model, written).toText("fp16", "fp32")));
    } else {
      model.save(out, written -> tryOut(written));
    }
    report.println(out + ": written, tried on " + TRIAL_PICTURES + " generated images");
  }

  private ModelFile withSamples(ModelFile model, PrintWriter report) {
    List<Path> pictures = ModelPictures.in(samples);
    if (pictures.size() > Sample.MOST) {
      throw new ModelException(
          "folder %s has %s pictures; expected at most %s as samples"
              .formatted(samples, pictures.size(), Sample.MOST));
    }
    List<Sample> clear = model.whileSaved(file -> clearSamples(file, pictures, report));
    if (clear.isEmpty()) {
      throw new ModelException(
          "folder " + samples + " has no picture about which the model is sure enough");
    }
    report.println(samples + ": " + clear.size() + " sample pictures");
    return model.with(clear);
  }

  /** Returns the pictures whose first class cannot change within the tolerance. */
  private static List<Sample> clearSamples(Path model, List<Path> pictures, PrintWriter report) {
    List<Sample> clear = new ArrayList<>();
    try (OnnxLabelModel opened = new OnnxLabelModel(model, SessionSettings.onCpu(1))) {
      ModelPictures labelled = new ModelPictures(opened);
      for (Path picture : pictures) {
        Sample sample = labelled.sample(picture);
        if (sample.margin() > 2 * SampleCheck.TOLERANCE) {
          clear.add(sample);
        } else {
          report.printf(
              Locale.ROOT,
              "%s: left out, its two first classes are %.3f apart; a sample needs more than %.2f%n",
              picture,
              sample.margin(),
              2 * SampleCheck.TOLERANCE);
        }
      }
      return clear;
    }
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
