package dev.framelabel.tools.modelkit;

/**
 * How wide the network is.
 *
 * @param width 1 for the paper's network; 0.25 has a quarter of its channels in every layer
 */
record Channels(double width) {
  Channels {
    if (!(width > 0) || width > 4) {
      throw new IllegalArgumentException("width is " + width + "; expected above 0, at most 4");
    }
  }

  /** Channels of a layer that has {@code paper} in the paper; halves go to the even side. */
  int of(int paper) {
    return (int) Math.max(1, Math.rint(paper * width));
  }
}
