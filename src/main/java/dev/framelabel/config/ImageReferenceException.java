package dev.framelabel.config;

import dev.framelabel.event.RejectionKind;

/** An image that cannot be read from the place that its event names. */
public final class ImageReferenceException extends Exception {
  private static final long serialVersionUID = 1L;

  private final RejectionKind kind;

  public ImageReferenceException(RejectionKind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public RejectionKind kind() {
    return kind;
  }
}
