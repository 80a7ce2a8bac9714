package dev.framelabel.tools.modelkit;

/** Position of the colour channels in a network's input. */
public enum Layout {
  /** Channels before rows and columns, as in PyTorch. */
  NCHW,
  /** Channels last, as in TensorFlow. */
  NHWC
}
