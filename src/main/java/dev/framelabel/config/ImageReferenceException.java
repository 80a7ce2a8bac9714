package dev.framelabel.config;

import dev.framelabel.event.RejectionKind;

/** Error of an image by reference that cannot be read. */
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
