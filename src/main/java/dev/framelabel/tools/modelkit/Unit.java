package dev.framelabel.tools.modelkit;

import java.util.ArrayList;
import java.util.List;

/**
 * One layer that has weights, with the batch normalisation behind it.
 *
 * @param name as Keras Applications names it; {@code blockN_shortcut} for the four residual
 *     convolutions, which have no name of their own there
 * @param kind kind of the layer
 * @param in channels
 * @param out channels
 * @param kernel side of the kernel
 * @param stride step of the kernel
 */
record Unit(String name, Kind kind, int in, int out, int kernel, int stride) {
  /** Kind of a layer. */
  enum Kind {
    CONVOLUTION,
    /** A depthwise convolution and a pointwise one, without an activation in between. */
    SEPARABLE,
    /** Fully connected, with a bias and no batch normalisation. */
    DENSE
  }

  static Unit convolution(String name, int in, int out, int kernel, int stride) {
    return new Unit(name, Kind.CONVOLUTION, in, out, kernel, stride);
  }

  static Unit separable(String name, int in, int out) {
    return new Unit(name, Kind.SEPARABLE, in, out, 3, 1);
  }

  static Unit dense(String name, int in, int out) {
    return new Unit(name, Kind.DENSE, in, out, 1, 1);
  }

  /** Returns the part of the network that tables count together. */
  String block() {
    return kind == Kind.DENSE ? "head" : name.substring(0, name.indexOf('_'));
  }

  /** Returns this layer's weights, in the order in which Keras keeps them. */
  List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    switch (kind) {
      case CONVOLUTION -> all.add(weight("kernel", out, in, kernel, kernel));
      case SEPARABLE -> {
        all.add(weight("depthwise", in, 1, kernel, kernel));
        all.add(weight("pointwise", out, in, 1, 1));
      }
      case DENSE -> {
        all.add(weight("kernel", out, in));
        all.add(weight("bias", out));
        return all;
      }
    }
    all.add(weight("gamma", out));
    all.add(weight("beta", out));
    all.add(new Parameter(name + ".mean", List.of(out), true));
    all.add(new Parameter(name + ".variance", List.of(out), true));
    return all;
  }

  private Parameter weight(String role, Integer... shape) {
    return new Parameter(name + "." + role, List.of(shape), false);
  }
}
