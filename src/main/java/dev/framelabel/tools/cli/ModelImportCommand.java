package dev.framelabel.tools.cli;

import dev.framelabel.tools.modelkit.LabelNames;
import dev.framelabel.tools.modelkit.RemoteFile;
import dev.framelabel.tools.modelkit.Xception;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code framelabel model import}. */
@Command(
    name = "import",
    description =
        "Creates a label model from trained Xception weights: a Keras .h5 or .keras file (Keras Applications, or a model"
            + " fine-tuned with Keras 2 or 3), or a PyTorch state_dict in .safetensors (timm, pretrainedmodels, the tutorial layout). For other"
            + " networks, use 'framelabel model package'.",
    footer = {
      "",
      "Example: framelabel model import --from keras xception.h5 --labels labels.txt --out xception.onnx"
    })
final class ModelImportCommand implements Callable<Integer> {
  /** Source of the weights. */
  enum Origin {
    KERAS,
    TORCH
  }

  /** File that can be fetched. */
  enum Remote {
    IMAGENET
  }

  @Spec private CommandSpec spec;
  @Mixin private ModelOutput output;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "ORIGIN",
      description = "Framework of the weights: keras or torch.")
  private Origin origin;

  @Parameters(
      arity = "0..1",
      paramLabel = "WEIGHTS",
      description = "Weights file (.h5, .keras or .safetensors).")
  private Path weights;

  @Option(
      names = "--fetch",
      paramLabel = "WHAT",
      description =
          "imagenet: download the weights of Keras Applications and the ImageNet label names.")
  private Remote fetch;

  @Option(
      names = "--fetch-into",
      paramLabel = "DIR",
      description = "Folder for downloads. Default: framelabel in the cache folder of the user.")
  private Path fetchInto;

  @Option(
      names = "--mirror",
      paramLabel = "URL",
      description = "Base URL to download from, instead of the public one.")
  private URI mirror;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description =
          "Label names in class order: a text file with one per line, or the imagenet_class_index.json of"
              + " Keras. Required with --out, except with --fetch.")
  private Path labels;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Label model to write (.onnx). Required, except with --state-dict.")
  private Path out;

  @Option(
      names = "--state-dict",
      paramLabel = "FILE",
      description =
          "Also write the weights as a PyTorch state_dict (.safetensors) for model/train.py; batch"
              + " normalisation is not folded.")
  private Path stateDict;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description =
          "Width and height of the model's input, 71 or more. Default: what a whole Keras model says, else 299.")
  private Integer size;

  @Override
  public Integer call() {
    PrintWriter report = spec.commandLine().getOut();
    checkOptions();
    Path file = fetch == null ? weights : fetched(RemoteFile.IMAGENET_WEIGHTS);
    Xception network = origin == Origin.KERAS ? Xception.fromKeras(file) : Xception.fromTorch(file);
    report.printf(
        "%s: %,d trainable parameters, %d classes%n",
        file, network.trainableParameters(), network.classes());
    network.notes().forEach(note -> report.println("  " + note));
    if (stateDict != null) {
      network.saveStateDict(stateDict);
      report.println(stateDict + ": written");
    }
    if (out != null) {
      int side = size == null ? network.size() : size;
      Path names = labels == null ? fetched(RemoteFile.IMAGENET_LABELS) : labels;
      output.save(network.toModel(side, output.metadata(out, LabelNames.read(names))), out, report);
    }
    return 0;
  }

  private void checkOptions() {
    if ((weights == null) == (fetch == null)) {
      throw wrong("expected either a WEIGHTS file or --fetch imagenet");
    }
    if (fetch != null && origin != Origin.KERAS) {
      throw wrong("--fetch imagenet gets Keras' weights; expected --from keras with it");
    }
    if (out == null && stateDict == null) {
      throw wrong("expected --out, --state-dict or both: there is nothing to write");
    }
    if (out != null && labels == null && fetch == null) {
      throw wrong("--labels is missing: a label model names its classes");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private Path fetched(RemoteFile file) {
    RemoteFile source = mirror == null ? file : file.at(mirror);
    return source.fetchInto(fetchInto == null ? cache() : fetchInto);
  }

  private static Path cache() {
    String folder = System.getenv("XDG_CACHE_HOME");
    return folder == null || folder.isBlank()
        ? Path.of(System.getProperty("user.home"), ".cache", "framelabel")
        : Path.of(folder, "framelabel");
  }
}
