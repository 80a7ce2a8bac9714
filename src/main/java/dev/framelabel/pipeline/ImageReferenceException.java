package dev.framelabel.pipeline;

import dev.framelabel.event.RejectionKind;

/** An image that cannot be read from the place that its event names. */
final class ImageReferenceException extends Exception {
  private static final long serialVersionUID = 1L;

  private final RejectionKind kind;

  ImageReferenceException(RejectionKind kind, String message) {
    super(message);
    this.kind = kind;
  }

  RejectionKind kind() {
    return kind;
  }
}
