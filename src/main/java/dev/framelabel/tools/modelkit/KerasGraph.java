package dev.framelabel.tools.modelkit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.framelabel.model.ModelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The layers of a whole Keras model, by the configuration that Keras 2 or 3 saved with it: a chain
 * from the picture to Xception, Xception, and a chain behind it. Models within the model are
 * followed.
 */
final class KerasGraph {
  static final String FIRST = "block1_conv1";
  private static final String LAST = "block14_sepconv2_act";
  private static final String INPUT = "InputLayer";

  private final List<Node> nodes = new ArrayList<>();
  private final List<Node> front;
  private final List<Node> head;
  private final Node last;

  /**
   * A layer where it is used, or an operation.
   *
   * @param path name, behind that of the outermost model that holds the layer
   * @param stored path in files that name layers by class and number
   * @param kind class
   * @param call Keras' note of the call
   */
  record Node(
      String name,
      String path,
      String stored,
      String kind,
      JsonNode config,
      JsonNode call,
      List<Node> inputs) {
    /** Compares no inputs, which lead back to the picture. */
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }

    /** Returns name and class, for people. */
    @Override
    public String toString() {
      return name + " (" + kind + ")";
    }
  }

  /** A model within the model: the beginnings of its layers' paths. */
  private record Scope(String path, String stored) {}

  /**
   * @throws ModelException if the model is no Xception between two chains of layers
   */
  KerasGraph(JsonNode model) {
    Node output = read(model, new Scope("", ""), null);
    head = chain(output, node -> node.name().equals(LAST));
    last = head.isEmpty() ? output : onlyInput(head.get(0));
    Node first =
        nodes.stream()
            .filter(node -> node.name().equals(FIRST))
            .findFirst()
            .orElseThrow(() -> noXception());
    front = chain(onlyInput(first), node -> node.kind().equals(INPUT));
  }

  /** Returns the layers from the picture to Xception, without its input. */
  List<Node> front() {
    return front;
  }

  /** Returns the layers behind Xception's last activation. */
  List<Node> head() {
    return head;
  }

  /**
   * Returns the layers of Xception.
   *
   * @throws ModelException if they are not those that Keras' Xception has
   */
  List<Node> base() {
    List<Node> base =
        nodes.stream()
            .filter(node -> !head.contains(node) && !front.contains(node))
            .filter(node -> !node.kind().equals(INPUT))
            .toList();
    KerasBase.check(last, base);
    return base;
  }

  /** Returns the shape of the input that Keras was told, without the batch; empty if none. */
  List<Integer> inputShape() {
    JsonNode config = nodes.get(0).config();
    JsonNode shape =
        config.has("batch_shape") ? config.path("batch_shape") : config.path("batch_input_shape");
    List<Integer> sides = new ArrayList<>();
    shape.forEach(side -> sides.add(side.asInt()));
    return sides.isEmpty() ? sides : sides.subList(1, sides.size());
  }

  private Node read(JsonNode model, Scope scope, Node input) {
    JsonNode config = model.path("config");
    JsonNode all = config.isArray() ? config : config.path("layers");
    boolean isChain = config.isArray() || model.path("class_name").asText().equals("Sequential");
    Map<String, Node> known = new HashMap<>();
    Map<String, Integer> numbers = new HashMap<>();
    Node last = input;
    for (JsonNode layer : all) {
      String kind = layer.path("class_name").asText();
      JsonNode own = layer.path("config");
      String name = layer.path("name").asText(own.path("name").asText());
      List<Node> inputs = isChain ? last == null ? List.of() : List.of(last) : inputs(layer, known);
      String path = scope.path().isEmpty() ? name : scope.path() + "/" + name;
      String stored = scope.stored() + numbered(kind, numbers);
      if (own.isArray() || own.has("layers")) {
        String outer = scope.path().isEmpty() ? name : scope.path();
        last = read(layer, new Scope(outer, stored + "/"), inputs.isEmpty() ? null : inputs.get(0));
      } else if (!kind.equals(INPUT) || input == null) {
        last = new Node(name, path, stored, kind, own, layer.path("inbound_nodes"), inputs);
        nodes.add(last);
      } else {
        last = input;
      }
      known.put(name, last);
    }
    List<String> outputs = names(config.path("output_layers"));
    Node output = isChain ? last : outputs.size() == 1 ? known.get(outputs.get(0)) : null;
    if (output == null) {
      throw new ModelException(
          "the Keras model has layers %s and outputs %s; expected layers, and one output"
              .formatted(known.keySet().stream().sorted().limit(8).toList(), outputs));
    }
    return output;
  }

  private static List<Node> inputs(JsonNode layer, Map<String, Node> known) {
    JsonNode calls = layer.path("inbound_nodes");
    if (calls.size() > 1 && !calls.get(0).isTextual() && !calls.get(0).path(0).isTextual()) {
      throw new ModelException(
          "layer %s is used %s times; expected once"
              .formatted(layer.path("name").asText(), calls.size()));
    }
    List<Node> inputs = new ArrayList<>();
    for (String name : names(calls)) {
      if (!known.containsKey(name)) {
        throw new ModelException(
            "layer %s comes before its input %s; expected a model that Keras saved"
                .formatted(layer.path("name").asText(), name));
      }
      inputs.add(known.get(name));
    }
    return inputs;
  }

  /** Returns the layers that a note of Keras names, each as {@code ["name", 0, 0, ...]}. */
  private static List<String> names(JsonNode note) {
    if (note.isArray() && note.path(0).isTextual() && note.path(1).isInt()) {
      return List.of(note.get(0).asText());
    }
    List<String> names = new ArrayList<>();
    note.forEach(inner -> names.addAll(names(inner)));
    return names;
  }

  /** Returns a name as in Keras' files: {@code separable_conv2d_7} for the eighth one. */
  private static String numbered(String kind, Map<String, Integer> numbers) {
    String snake =
        kind.replaceAll("\\W+", "")
            .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
            .replaceAll("([a-z])([A-Z])", "$1_$2")
            .toLowerCase(Locale.ROOT);
    int number = numbers.merge(snake, 1, Integer::sum) - 1;
    return number == 0 ? snake : snake + "_" + number;
  }

  /** Returns the nodes behind the one that ends the search, up to this one. */
  private List<Node> chain(Node last, Predicate<Node> end) {
    Deque<Node> chain = new ArrayDeque<>();
    for (Node at = last; !end.test(at); at = onlyInput(at)) {
      chain.addFirst(at);
    }
    return List.copyOf(chain);
  }

  private Node onlyInput(Node node) {
    if (node.inputs().isEmpty()) {
      throw noXception();
    }
    if (node.inputs().size() > 1) {
      throw new ModelException(
          "layer %s joins %s; expected Xception between two chains of layers"
              .formatted(node, node.inputs()));
    }
    return node.inputs().get(0);
  }

  private ModelException noXception() {
    return new ModelException(
        "the Keras model has no layers from %s to %s between its input and output, so it is no Xception; found %s"
            .formatted(FIRST, LAST, nodes.stream().limit(8).toList()));
  }
}
