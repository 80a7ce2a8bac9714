package dev.framelabel.tools.cli;

import dev.framelabel.tools.modelkit.LabelNames;
import dev.framelabel.tools.modelkit.Layout;
import dev.framelabel.tools.modelkit.ModelFile;
import dev.framelabel.tools.modelkit.PackagingPlan;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The model that a user names for the demo: a label model, or what becomes one. */
final class DemoModel {
  private static final List<Double> TORCH_MEAN = List.of(0.485, 0.456, 0.406);
  private static final List<Double> TORCH_STD = List.of(0.229, 0.224, 0.225);
  private static final List<Double> HALF = List.of(0.5);

  private DemoModel() {}

  /**
   * Returns a label model as it is. Packages another classifier into the folder, and says what it
   * assumed and measured.
   *
   * @throws dev.framelabel.model.ModelException if the model cannot be packaged
   */
  static Path of(Path named, Path folder, PrintWriter report) {
    boolean exported = Files.isDirectory(named);
    if (!exported && ModelFile.isLabelModel(named)) {
      return named;
    }
    report.println(named + " is no label model yet. It is packaged for this demo:");
    PackagingPlan plan = PackagingPlan.of(named);
    assume(plan);
    Path out = folder.resolve(name(named) + ".onnx");
    new ModelOutput().save(plan, out, report);
    report.println(
        "If labels are wrong, package it yourself: framelabel model package "
            + named
            + " --out label.onnx with --labels, --layout, --size, --scale, --mean, --std, --bgr, --resize, --crop-pct,"
            + " --interpolation, --logits, --probabilities or --multi-label; then demo --model"
            + " label.onnx");
    report.flush();
    return out;
  }

  private static void assume(PackagingPlan plan) {
    Path names = plan.file().resolveSibling("labels.txt");
    if (Files.isRegularFile(names)) {
      plan.labels().setDefault(LabelNames.read(names), "labels.txt");
    }
    if (!plan.labels().isKnown()) {
      plan.labels().set(plan.numberedClasses(), "assumed: there is no labels.txt beside the model");
    }
    if (plan.layout().isKnown()) {
      boolean first = plan.layout().get() == Layout.NCHW;
      String source = first ? "assumed: ImageNet, as PyTorch" : "assumed: -1 to 1, as Keras";
      plan.mean().setDefault(first ? TORCH_MEAN : HALF, source);
      plan.std().setDefault(first ? TORCH_STD : HALF, source);
    }
  }

  private static String name(Path named) {
    String name = named.toAbsolutePath().normalize().getFileName().toString();
    return name.endsWith(".onnx") ? name.substring(0, name.length() - ".onnx".length()) : name;
  }
}
