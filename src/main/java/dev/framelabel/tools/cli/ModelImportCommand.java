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
        "Makes a label model of Xception weights: Keras' .h5 (Keras Applications, Keras 2 and 3), or"
            + " a PyTorch state_dict in .safetensors (timm, pretrainedmodels, the tutorial layout).",
    footer = {
      "",
      "Example: framelabel model import --from keras xception.h5 --labels labels.txt --out xception.onnx"
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class ModelImportCommand implements Callable<Integer> {
  /** Where weights come from. */
  enum Origin {
    KERAS,
    TORCH
  }

  /** What can be fetched. */
  enum Remote {
    IMAGENET
  }

  @Spec private CommandSpec spec;
  @Mixin private ModelOutput output;

  @Option(names = "--from", required = true, paramLabel = "ORIGIN", description = "keras or torch.")
  private Origin origin;

  @Parameters(arity = "0..1", paramLabel = "WEIGHTS", description = "The weights file.")
  private Path weights;

  @Option(
      names = "--fetch",
      paramLabel = "WHAT",
      description = "imagenet: fetch Keras Applications' weights and ImageNet's label names.")
  private Remote fetch;

  @Option(
      names = "--fetch-into",
      paramLabel = "DIR",
      description = "Where fetched files are kept. Default: framelabel in the user's cache folder.")
  private Path fetchInto;

  @Option(
      names = "--mirror",
      paramLabel = "URL",
      description = "Fetch from below this address instead of the public one.")
  private URI mirror;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Names of the classes: a line each, or Keras' imagenet_class_index.json.")
  private Path labels;

  @Option(names = "--out", paramLabel = "FILE", description = "The label model to write (.onnx).")
  private Path out;

  @Option(
      names = "--state-dict",
      paramLabel = "FILE",
      description = "Also write the weights, unfolded, for model/train.py (.safetensors).")
  private Path stateDict;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = "Side of the model's input, 71 or more.",
      defaultValue = "299")
  private int size;

  @Override
  public Integer call() {
    PrintWriter report = spec.commandLine().getOut();
    checkOptions();
    Path file = fetch == null ? weights : fetched(RemoteFile.IMAGENET_WEIGHTS);
    Xception network = origin == Origin.KERAS ? Xception.fromKeras(file) : Xception.fromTorch(file);
    report.printf(
        "%s: %,d trainable parameters, %d classes%n",
        file, network.trainableParameters(), network.classes());
    if (stateDict != null) {
      network.saveStateDict(stateDict);
      report.println(stateDict + ": written");
    }
    if (out != null) {
      Path names = labels == null ? fetched(RemoteFile.IMAGENET_LABELS) : labels;
      output.save(network.toModel(size, output.metadata(out, LabelNames.read(names))), out, report);
    }
    report.flush();
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
