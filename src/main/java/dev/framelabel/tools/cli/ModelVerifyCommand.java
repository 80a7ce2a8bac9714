package dev.framelabel.tools.cli;

import dev.framelabel.image.BadImageException;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.OnnxLabelModel;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.tools.modelkit.Agreement;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code framelabel model verify}. */
@Command(
    name = "verify",
    description = "Compares the outputs of two label models with the same labels on image files.",
    exitCodeList = {"1:A top class differs, or a probability differs by more than --tolerance."},
    footer = {
      "",
      "Example: framelabel model verify xception.onnx --against other.onnx --images pictures"
    })
final class ModelVerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "Label model (.onnx).")
  private Path file;

  @Option(
      names = "--against",
      required = true,
      paramLabel = "REFERENCE",
      description = "Label model to compare with.")
  private Path reference;

  @Option(
      names = "--images",
      required = true,
      paramLabel = "DIR",
      description = "Folder of JPEG, PNG and WebP files; subfolders are read too.")
  private Path images;

  @Option(
      names = "--tolerance",
      paramLabel = "X",
      description = "Maximum accepted difference of two probabilities.",
      defaultValue = "1e-4")
  private double tolerance;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<Path> pictures = ModelPictures.in(images);
    try (OnnxLabelModel model = new OnnxLabelModel(file, SessionSettings.onCpu(1));
        OnnxLabelModel other = new OnnxLabelModel(reference, SessionSettings.onCpu(1))) {
      if (!model.metadata().labels().equals(other.metadata().labels())) {
        throw new ModelException(
            "the labels of " + file + " and " + reference + " differ; expected the same ones");
      }
      Agreement found = compare(model, other, pictures);
      out.println(found.toText(file.toString(), reference.toString()));
      boolean agree = found.sameTop() == found.pictures() && found.largestDifference() <= tolerance;
      return agree ? 0 : 1;
    }
  }

  private static Agreement compare(
      OnnxLabelModel model, OnnxLabelModel other, List<Path> pictures) {
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
