package dev.framelabel.tools.modelkit;

import dev.framelabel.model.ModelException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Finder of Xception's weights in a PyTorch state_dict that was saved as safetensors. */
final class TorchWeights {
  private static final String PADDING = "framelabel.padding";

  private TorchWeights() {}

  /**
   * Reads the weights of a PyTorch state_dict in a safetensors file.
   *
   * @throws ModelException if the file cannot be read, is of no known layout, or weights are
   *     missing, of other shapes or left over
   */
  static Weights read(Path file) {
    return of(Safetensors.read(file));
  }

  static Weights of(Safetensors file) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    file.tensors().forEach((name, tensor) -> tensors.put(plain(name), tensor));
    refuseUncorrected(tensors);
    TorchNames layout =
        Arrays.stream(TorchNames.values())
            .filter(names -> names.fits(tensors.keySet()))
            .findFirst()
            .orElseThrow(() -> unknown(tensors));
    Flavour flavour = Flavour.parse(file.metadata().getOrDefault(PADDING, "torch"));
    XceptionArchitecture architecture = architecture(layout, flavour, tensors);
    Map<String, Tensor> found = new HashMap<>();
    layout
        .names(architecture)
        .forEach(
            (torch, name) -> {
              Tensor tensor = tensors.remove(torch);
              if (tensor == null) {
                throw new ModelException(
                    "weights %s are missing in the state_dict; expected them as %s"
                        .formatted(torch, name));
              }
              found.put(name, tensor);
            });
    if (!tensors.isEmpty()) {
      throw new ModelException(
          "the state_dict holds weights that no Xception has: "
              + tensors.keySet().stream().limit(8).toList());
    }
    return new Weights(architecture, found);
  }

  /** Returns the state_dict of {@code model/xception.py} with these weights. */
  static Safetensors toStateDict(Weights weights) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    TorchNames.TUTORIAL
        .names(weights.architecture())
        .forEach((torch, name) -> tensors.put(torch, weights.get(name)));
    return new Safetensors(Map.of(PADDING, weights.architecture().flavour().toString()), tensors);
  }

  /** Returns a name without the prefix of wrappers, and with one name for the last layer. */
  private static String plain(String name) {
    String plain = name.startsWith("module.") ? name.substring("module.".length()) : name;
    return plain.startsWith("last_linear.") ? plain.replace("last_linear.", "fc.") : plain;
  }

  private static void refuseUncorrected(Map<String, Tensor> tensors) {
    boolean tutorial = TorchNames.TUTORIAL.fits(tensors.keySet());
    boolean oneMiddleBlock =
        tensors.keySet().stream().anyMatch(name -> name.matches("middle_flow\\.[a-z].*"));
    boolean noShortcuts =
        tensors.keySet().stream().noneMatch(name -> name.startsWith("entry_flow.shortcut"));
    if (!tutorial || !(oneMiddleBlock || noShortcuts)) {
      return;
    }
    List<String> reasons =
        List.of(
            noShortcuts
                ? "its shortcuts were made anew, with random weights, in every forward pass, so they"
                    + " are not in the checkpoint and its outputs were never reproducible"
                : "",
            oneMiddleBlock
                ? "it has one middle block that is applied 8 times where Xception has 8 blocks"
                : "");
    throw new ModelException(
        ("this is the uncorrected tutorial form of Xception: %s. Train it again with"
                + " model/train.py, whose network is the corrected form")
            .formatted(
                String.join("; ", reasons.stream().filter(reason -> !reason.isEmpty()).toList())));
  }

  private static ModelException unknown(Map<String, Tensor> tensors) {
    return new ModelException(
        ("the state_dict is of no known Xception: found %s%s; expected timm's legacy_xception"
                + " (conv1.weight), pretrainedmodels' xception or the tutorial layout (entry_flow.headconv.0.weight)")
            .formatted(
                new TreeSet<>(tensors.keySet()).stream().limit(6).toList(),
                tensors.size() > 6 ? " and " + (tensors.size() - 6) + " more" : ""));
  }

  private static XceptionArchitecture architecture(
      TorchNames layout, Flavour flavour, Map<String, Tensor> tensors) {
    String last = layout == TorchNames.TIMM ? "bn4.weight" : "exit_flow.endconv.4.weight";
    Tensor features = tensors.get(last);
    if (features == null) {
      throw new ModelException("weights " + last + " are missing in the state_dict");
    }
    int hidden = outputs(tensors, "dense.weight");
    return new XceptionArchitecture(
        flavour,
        features.values().length / 2048.0,
        hidden == 0 ? List.of() : List.of(hidden),
        outputs(tensors, "fc.weight"));
  }

  private static int outputs(Map<String, Tensor> tensors, String name) {
    Tensor tensor = tensors.get(name);
    return tensor == null || tensor.shape().isEmpty() ? 0 : tensor.shape().get(0);
  }
}
