package dev.framelabel.tools.modelkit;

/** Where a network's input keeps its colour channels. */
public enum Layout {
  /** Channels before rows and columns, as in PyTorch. */
  NCHW,
  /** Channels last, as in TensorFlow. */
  NHWC
}
