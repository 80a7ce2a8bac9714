package dev.framelabel.tools.cli;

import dev.framelabel.classify.SampleCheck;
import dev.framelabel.image.BadImageException;
import dev.framelabel.model.Agreement;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.Sample;
import dev.framelabel.model.SessionSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code framelabel model verify}. */
@Command(
    name = "verify",
    description = {
      "Compares what a label model computes on this machine with the probabilities of its sample pictures.",
      "With --against, compares two label models with the same labels on image files."
    },
    exitCodeList = {"1:A top class differs, or a probability differs by more than --tolerance."},
    footer = {
      "",
      "Examples:",
      "  framelabel model verify xception.onnx --device cuda:0",
      "  framelabel model verify xception.onnx --against other.onnx --images pictures"
    })
final class ModelVerifyCommand implements Callable<Integer> {
  private static final double MODELS_TOLERANCE = 1e-4;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "Label model (.onnx).")
  private Path file;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description = "Device that runs FILE: cpu, cuda:N, tensorrt:N, or auto (CUDA if it works).",
      defaultValue = SessionSettings.AUTO)
  private String device;

  @ArgGroup(exclusive = false)
  private Reference reference;

  @Option(
      names = "--tolerance",
      paramLabel = "X",
      description =
          "Maximum accepted difference of two probabilities. Default: 0.01 for sample pictures, 1e-4 with --against.")
  private Double tolerance;

  /** Options for the comparison with another model. */
  static final class Reference {
    @Option(
        names = "--against",
        required = true,
        paramLabel = "REFERENCE",
        description = "Label model to compare with; it runs on the CPU.")
    private Path model;

    @Option(
        names = "--images",
        required = true,
        paramLabel = "DIR",
        description = "Folder of JPEG, PNG and WebP files; subfolders are read too.")
    private Path images;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (LabelModel model = LabelModel.open(file, SessionSettings.on(device, 1))) {
      Agreement found = reference == null ? samples(model, out) : models(model);
      out.println(
          found.toText(
              file + " on " + model.device(),
              reference == null ? "its sample pictures" : reference.model.toString()));
      return found.within(accepted()) ? 0 : 1;
    }
  }

  private double accepted() {
    if (tolerance != null) {
      return tolerance;
    }
    return reference == null ? SampleCheck.TOLERANCE : MODELS_TOLERANCE;
  }

  /** Compares, and prints a line for each sample. */
  private Agreement samples(LabelModel model, PrintWriter out) {
    List<float[]> expected =
        model.metadata().samples().stream().map(Sample::probabilities).toList();
    if (expected.isEmpty()) {
      throw new ModelException(
          file
              + " has no sample pictures; expected some from 'framelabel model package --samples', or"
              + " --against and --images");
    }
    List<float[]> found = SampleCheck.label(model);
    out.printf("%6s  %10s  %-5s  %s%n", "sample", "difference", "same", "first label");
    for (int index = 0; index < expected.size(); index++) {
      Agreement one =
          Agreement.of(expected.subList(index, index + 1), found.subList(index, index + 1));
      out.printf(
          Locale.ROOT,
          "%6d  %10.5f  %-5s  %s%n",
          index + 1,
          one.largestDifference(),
          one.sameTop() == 1 ? "yes" : "NO",
          model.metadata().labels().get(Agreement.best(expected.get(index))));
    }
    return Agreement.of(expected, found);
  }

  private Agreement models(LabelModel model) {
    List<Path> pictures = ModelPictures.in(reference.images);
    try (LabelModel other = LabelModel.open(reference.model, SessionSettings.onCpu(1))) {
      if (!model.metadata().labels().equals(other.metadata().labels())) {
        throw new ModelException(
            "the labels of %s and %s differ; expected the same ones"
                .formatted(file, reference.model));
      }
      return compare(model, other, pictures);
    }
  }

  private static Agreement compare(LabelModel model, LabelModel other, List<Path> pictures) {
    ModelPictures one = new ModelPictures(model);
    ModelPictures two = new ModelPictures(other);
    List<float[]> a = new ArrayList<>();
    List<float[]> b = new ArrayList<>();
    for (Path picture : pictures) {
      try {
        a.add(one.label(picture));
        b.add(two.label(picture));
      } catch (BadImageException e) {
        throw new ModelException("picture " + picture + ": " + e.getMessage(), e);
      }
    }
    return Agreement.of(a, b);
  }
}
