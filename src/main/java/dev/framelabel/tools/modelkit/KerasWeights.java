package dev.framelabel.tools.modelkit;

import dev.framelabel.model.ModelException;
import dev.framelabel.tools.modelkit.KerasFile.Layer;
import dev.framelabel.tools.modelkit.Unit.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Finder of Xception's weights among the layers that Keras saved. The four residual convolutions
 * and their batch normalisations carry automatic names there ({@code conv2d_7}), so they are told
 * by their shape, and by their order where shapes are alike.
 */
final class KerasWeights {
  private static final String CONVOLUTION = "conv2d";
  private static final String NORMALISATION = "batch_normalization";

  private final Map<String, Layer> byUnit = new HashMap<>();
  private final Map<String, Tensor> tensors = new HashMap<>();

  private KerasWeights() {}

  /**
   * Reads the weights of a Keras file.
   *
   * @param saved Xception's layers and dense ones behind them, by their own names or in the order
   *     of their numbers; models within the model are taken as one
   * @throws ModelException if weights are missing, of other shapes or left over
   */
  static Weights of(List<Layer> saved) {
    List<Layer> layers =
        saved.stream()
            .map(l -> new Layer(l.name().substring(l.name().lastIndexOf('/') + 1), l.tensors()))
            .toList();
    boolean named = layers.stream().anyMatch(layer -> layer.name().equals("block1_conv1"));
    KerasWeights found = new KerasWeights();
    List<Layer> dense = layers.stream().filter(KerasWeights::isDense).toList();
    XceptionArchitecture architecture = architecture(layers, dense);
    if (named) {
      found.assignNamed(architecture, layers);
    } else {
      found.assignNumbered(architecture, layers);
    }
    Iterator<Layer> heads = dense.iterator();
    units(architecture, Kind.DENSE).forEach(unit -> found.byUnit.put(unit.name(), heads.next()));
    architecture.units().forEach(found::convert);
    List<String> left =
        layers.stream()
            .filter(layer -> !found.byUnit.containsValue(layer))
            .map(Layer::name)
            .toList();
    if (!left.isEmpty()) {
      throw new ModelException(
          "the file holds weights of layers that no Xception has: %s; expected weights of Xception and of dense layers, or the whole model"
              .formatted(left.stream().limit(8).toList()));
    }
    return new Weights(architecture, found.tensors);
  }

  private static boolean isDense(Layer layer) {
    return layer.tensors().size() == 2 && layer.tensors().get(0).shape().size() == 2;
  }

  private static List<Unit> units(XceptionArchitecture architecture, Kind kind) {
    return architecture.units().stream().filter(unit -> unit.kind() == kind).toList();
  }

  /** Returns the width and head, from the last batch normalisation and the layers behind it. */
  private static XceptionArchitecture architecture(List<Layer> layers, List<Layer> dense) {
    int features =
        layers.stream()
            .filter(layer -> layer.tensors().size() == 4)
            .mapToInt(layer -> layer.tensors().get(0).values().length)
            .max()
            .orElseThrow(
                () ->
                    new ModelException(
                        "the file holds no batch normalisation; expected the 40 of an Xception, found layers %s"
                            .formatted(layers.stream().map(Layer::name).limit(8).toList())));
    List<Integer> outputs =
        dense.stream().map(layer -> layer.tensors().get(0).shape().get(1)).toList();
    int last = outputs.size() - 1;
    return new XceptionArchitecture(
        Flavour.KERAS,
        features / 2048.0,
        outputs.subList(0, Math.max(0, last)),
        outputs.isEmpty() ? 0 : outputs.get(last));
  }

  private void assignNamed(XceptionArchitecture architecture, List<Layer> layers) {
    Map<String, Layer> byName = new HashMap<>();
    layers.forEach(layer -> byName.put(layer.name(), layer));
    List<Layer> unnamed =
        new ArrayList<>(layers.stream().filter(l -> !l.name().startsWith("block")).toList());
    for (Unit unit : architecture.units()) {
      if (unit.name().endsWith("_shortcut")) {
        List<Integer> kernel = List.of(1, 1, unit.in(), unit.out());
        byUnit.put(unit.name(), take(unnamed, unit.name(), 1, kernel));
        byUnit.put(unit.name() + "_bn", take(unnamed, unit.name() + "_bn", 4, List.of(unit.out())));
      } else if (unit.kind() != Kind.DENSE) {
        byUnit.put(unit.name(), byName.get(unit.name()));
        byUnit.put(unit.name() + "_bn", byName.get(unit.name() + "_bn"));
      }
    }
  }

  /** Returns the first layer that is left with so many tensors, the first of this shape. */
  private static Layer take(List<Layer> left, String wanted, int tensors, List<Integer> shape) {
    for (Iterator<Layer> all = left.iterator(); all.hasNext(); ) {
      Layer layer = all.next();
      if (layer.tensors().size() == tensors && layer.tensors().get(0).shape().equals(shape)) {
        all.remove();
        return layer;
      }
    }
    throw new ModelException(
        ("no layer fits %s: expected %s tensors, the first of shape %s in Keras' order; the layers"
                + " with automatic names are %s")
            .formatted(
                wanted,
                tensors,
                shape,
                left.stream().map(l -> l.name() + " " + l.tensors().get(0).shape()).toList()));
  }

  /**
   * Assigns the layers of a file that names them only by class and number, in the model's order.
   */
  private void assignNumbered(XceptionArchitecture architecture, List<Layer> layers) {
    Iterator<Layer> convolutions = ofClass(layers, CONVOLUTION);
    Iterator<Layer> separables = ofClass(layers, "separable_" + CONVOLUTION);
    Iterator<Layer> normalisations = ofClass(layers, NORMALISATION);
    for (Unit unit : architecture.units()) {
      if (unit.kind() != Kind.DENSE) {
        Iterator<Layer> kernels = unit.kind() == Kind.SEPARABLE ? separables : convolutions;
        byUnit.put(unit.name(), kernels.hasNext() ? kernels.next() : null);
        byUnit.put(unit.name() + "_bn", normalisations.hasNext() ? normalisations.next() : null);
      }
    }
  }

  private static Iterator<Layer> ofClass(List<Layer> layers, String name) {
    return layers.stream().filter(layer -> layer.name().matches(name + "(_\\d+)?")).iterator();
  }

  private void convert(Unit unit) {
    switch (unit.kind()) {
      case DENSE -> {
        put(unit, unit.name(), "kernel", 0, 2, 1, 0);
        put(unit, unit.name(), "bias", 1, 2, 0);
        return;
      }
      case CONVOLUTION -> put(unit, unit.name(), "kernel", 0, 1, 3, 2, 0, 1);
      case SEPARABLE -> {
        put(unit, unit.name(), "depthwise", 0, 2, 2, 3, 0, 1);
        put(unit, unit.name(), "pointwise", 1, 2, 3, 2, 0, 1);
      }
    }
    List<String> roles = List.of("gamma", "beta", "mean", "variance");
    for (int index = 0; index < roles.size(); index++) {
      put(unit, unit.name() + "_bn", roles.get(index), index, roles.size(), 0);
    }
  }

  /**
   * Takes one tensor of a layer as a parameter of the unit.
   *
   * @param index of the tensor in its layer, of {@code count}
   * @param axes how Keras' axes become ONNX'
   */
  private void put(Unit unit, String key, String role, int index, int count, int... axes) {
    Layer layer = byUnit.get(key);
    String name = unit.name() + "." + role;
    if (layer == null) {
      throw new ModelException("layer " + key + " is missing; expected its weights " + name);
    }
    if (layer.tensors().size() != count) {
      throw new ModelException(
          "layer %s has %s tensors; expected %s (%s)"
              .formatted(layer.name(), layer.tensors().size(), count, key));
    }
    Tensor tensor = layer.tensors().get(index);
    if (tensor.shape().size() != axes.length) {
      throw new ModelException(
          "weights %s have shape %s; expected %s axes"
              .formatted(name, tensor.shape(), axes.length));
    }
    tensors.put(name, tensor.permuted(axes));
  }
}
