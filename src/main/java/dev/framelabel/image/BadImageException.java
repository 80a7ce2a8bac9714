package dev.framelabel.image;

import static java.util.Objects.requireNonNull;

/** The image is at fault: its sender sent something that cannot or may not be decoded. */
public final class BadImageException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Reason why the image is rejected. */
  public enum Fault {
    UNSUPPORTED_FORMAT,
    CORRUPT_IMAGE,
    IMAGE_TOO_LARGE,
    IMAGE_TOO_COMPLEX
  }

  private final Fault fault;

  public BadImageException(Fault fault, String message) {
    super(message);
    this.fault = requireNonNull(fault);
  }

  static BadImageException corrupt(String message) {
    return new BadImageException(Fault.CORRUPT_IMAGE, message);
  }

  public Fault fault() {
    return fault;
  }
}
