package dev.framelabel.tools.modelkit;

import dev.framelabel.tools.modelkit.Unit.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Names that the PyTorch ports give Xception's layers. */
enum TorchNames {
  /** timm's legacy_xception; pretrainedmodels' has {@code last_linear} for {@code fc}. */
  TIMM("conv1.weight"),
  /** The widespread tutorial copies in their corrected form, as {@code model/xception.py}. */
  TUTORIAL("entry_flow.headconv.0.weight");

  private static final List<String> NORMALISATION =
      List.of("weight", "bias", "running_mean", "running_var");
  private static final List<String> ROLES = List.of("gamma", "beta", "mean", "variance");

  private final String sign;

  TorchNames(String sign) {
    this.sign = sign;
  }

  /** Returns whether a file with these names is of this layout. */
  boolean fits(Set<String> names) {
    return names.contains(sign);
  }

  /** Maps this layout's tensor names to {@link Parameter#name()}. */
  Map<String, String> names(XceptionArchitecture architecture) {
    Map<String, String> names = new LinkedHashMap<>();
    for (Unit unit : architecture.units()) {
      String[] prefixes = (this == TIMM ? timm(unit) : tutorial(unit)).split(" ", 2);
      switch (unit.kind()) {
        case DENSE -> {
          names.put(prefixes[0] + ".weight", unit.name() + ".kernel");
          names.put(prefixes[0] + ".bias", unit.name() + ".bias");
          continue;
        }
        case CONVOLUTION -> names.put(prefixes[0] + ".weight", unit.name() + ".kernel");
        case SEPARABLE -> {
          String depthwise = this == TIMM ? ".conv1.weight" : ".conv.weight";
          names.put(prefixes[0] + depthwise, unit.name() + ".depthwise");
          names.put(prefixes[0] + ".pointwise.weight", unit.name() + ".pointwise");
        }
      }
      for (int i = 0; i < ROLES.size(); i++) {
        names.put(prefixes[1] + "." + NORMALISATION.get(i), unit.name() + "." + ROLES.get(i));
      }
    }
    return names;
  }

  /** Returns prefixes of a layer and of its batch normalisation, with a space in between. */
  private static String timm(Unit unit) {
    int block = block(unit);
    int layer = layer(unit);
    if (unit.kind() == Kind.DENSE) {
      return unit.name().equals("predictions") ? "fc" : unit.name();
    }
    if (block == 1) {
      return "conv" + layer + " bn" + layer;
    }
    if (block == 14) {
      return "conv" + (layer + 2) + " bn" + (layer + 2);
    }
    String name = "block" + (block - 1);
    if (unit.kind() == Kind.CONVOLUTION) {
      return name + ".skip " + name + ".skipbn";
    }
    // The first block has no ReLU in front, so its places are one lower.
    int place = 3 * layer - (block == 2 ? 3 : 2);
    return name + ".rep." + place + " " + name + ".rep." + (place + 1);
  }

  private static String tutorial(Unit unit) {
    int block = block(unit);
    int layer = layer(unit);
    if (unit.kind() == Kind.DENSE) {
      return unit.name().equals("predictions") ? "fc" : unit.name();
    }
    if (block == 1) {
      return pair("entry_flow.headconv.", 3 * layer - 3);
    }
    if (block >= 5 && block <= 12) {
      return pair("middle_flow." + (block - 5) + ".conv1.", 3 * layer - 2);
    }
    if (block == 14) {
      return pair("exit_flow.endconv.", 3 * layer - 3);
    }
    boolean exit = block == 13;
    if (unit.kind() == Kind.CONVOLUTION) {
      return pair(exit ? "exit_flow.shortcut." : "entry_flow.shortcut" + (block - 1) + ".", 0);
    }
    String residual =
        exit ? "exit_flow.residual_with_exit." : "entry_flow.residual_block" + (block - 1) + ".";
    return pair(residual, 3 * layer - (block == 2 ? 3 : 2));
  }

  private static String pair(String prefix, int place) {
    return prefix + place + " " + prefix + (place + 1);
  }

  private static int block(Unit unit) {
    return unit.kind() == Kind.DENSE ? 0 : Integer.parseInt(unit.block().substring(5));
  }

  private static int layer(Unit unit) {
    char last = unit.name().charAt(unit.name().length() - 1);
    return Character.isDigit(last) ? last - '0' : 0;
  }
}
