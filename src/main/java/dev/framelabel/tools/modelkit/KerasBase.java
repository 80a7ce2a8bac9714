package dev.framelabel.tools.modelkit;

import dev.framelabel.model.ModelException;
import dev.framelabel.tools.modelkit.KerasGraph.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Check of Xception's layers in a Keras model: each against the layer that Keras Applications has
 * at this place, from the last one back to the first. Weights alone do not tell a changed
 * activation, stride or epsilon, or a layer without weights.
 */
final class KerasBase {
  private static final Map<String, List<String>> RELU = Map.of("activation", List.of("\"relu\""));

  /** Keras writes the last axis of four in each of these ways. */
  private static final Map<String, List<String>> NORMALISATION =
      Map.of("epsilon", List.of("0.001"), "axis", List.of("-1", "3", "[3]"));

  private static final Map<String, List<String>> POOLING =
      Map.of(
          "pool_size", List.of("[3,3]"),
          "strides", List.of("[2,2]"),
          "padding", List.of("\"same\""),
          "data_format", List.of("\"channels_last\""));

  private final List<Node> checked = new ArrayList<>();

  private KerasBase() {}

  /**
   * Compares the layers with Xception's.
   *
   * @param last Xception's last activation
   * @param base all layers between those in front of Xception and those behind it
   * @throws ModelException if one is another, has other settings or is used otherwise
   */
  static void check(Node last, List<Node> base) {
    KerasBase found = new KerasBase();
    Node x = found.separable("block14_sepconv2", found.relu(last));
    x = found.separable("block14_sepconv1", found.relu(x));
    x = found.reducing("block13", x);
    for (int block = 12; block >= 5; block--) {
      x = found.middle("block" + block, x);
    }
    for (String block : List.of("block4", "block3", "block2")) {
      x = found.reducing(block, x);
    }
    x = found.convolution("block1_conv2", "Conv2D", 1, "valid", found.relu(x));
    found.convolution(KerasGraph.FIRST, "Conv2D", 2, "valid", found.relu(x));
    for (Node node : base) {
      if (!found.checked.contains(node)) {
        throw refused("layer " + node, "no such layer");
      }
    }
  }

  /** Checks what ends with this layer; returns the layer in front of it, as all methods do. */
  private Node reducing(String block, Node sum) {
    List<Node> branches = sum(sum);
    Node x = only(branches.get(0), "MaxPooling2D", block + "_pool", POOLING);
    x = relu(separable(block + "_sepconv2", x));
    x = separable(block + "_sepconv1", x);
    Node input = convolution("", "Conv2D", 2, "same", branches.get(1));
    return joined(sum, block.equals("block2") ? x : relu(x), input);
  }

  private Node middle(String block, Node sum) {
    List<Node> branches = sum(sum);
    Node x = branches.get(0);
    for (int layer = 3; layer >= 1; layer--) {
      x = relu(separable(block + "_sepconv" + layer, x));
    }
    return joined(sum, x, branches.get(1));
  }

  private List<Node> sum(Node node) {
    if (!node.kind().equals("Add") || node.inputs().size() != 2) {
      throw refused("layer " + node + " with inputs " + node.inputs(), "Add of two layers");
    }
    checked.add(node);
    return node.inputs();
  }

  private static Node joined(Node sum, Node left, Node right) {
    if (!left.equals(right)) {
      throw refused(
          "layer %s over branches from %s and %s".formatted(sum, left, right),
          "branches from one layer");
    }
    return left;
  }

  private Node relu(Node node) {
    return only(node, "Activation", "", RELU);
  }

  private Node separable(String name, Node node) {
    return convolution(name, "SeparableConv2D", 1, "same", node);
  }

  private Node convolution(String name, String kind, int stride, String padding, Node node) {
    String normalisation = name.isEmpty() ? "" : name + "_bn";
    return only(
        only(node, "BatchNormalization", normalisation, NORMALISATION),
        kind,
        name,
        Map.of(
            "strides", List.of("[%s,%s]".formatted(stride, stride)),
            "padding", List.of("\"" + padding + "\""),
            "dilation_rate", List.of("[1,1]"),
            "data_format", List.of("\"channels_last\""),
            "activation", List.of("\"linear\"")));
  }

  /**
   * Checks a layer with one input, which it returns.
   *
   * @param name empty: any
   * @param settings in JSON, each with all values that are right
   */
  private Node only(Node node, String kind, String name, Map<String, List<String>> settings) {
    boolean named = name.isEmpty() || node.name().equals(name);
    if (!node.kind().equals(kind) || !named || node.inputs().size() != 1) {
      throw refused("layer " + node, name.isEmpty() ? kind : name + " (" + kind + ")");
    }
    settings.forEach(
        (setting, expected) -> {
          String value = node.config().path(setting).toString();
          if (!expected.contains(value)) {
            throw refused(
                "layer %s with %s %s".formatted(node, setting, value.isEmpty() ? "missing" : value),
                String.join(" or ", expected));
          }
        });
    checked.add(node);
    return node.inputs().get(0);
  }

  private static ModelException refused(String found, String expected) {
    return new ModelException(
        "the network is no Xception as Keras builds it: found %s; expected %s. Export the model to ONNX and use framelabel model package"
            .formatted(found, expected));
  }
}
