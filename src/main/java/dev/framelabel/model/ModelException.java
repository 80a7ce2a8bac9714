package dev.framelabel.model;

/** The model file or the device is at fault, or what was asked of them: nothing can be labelled. */
public class ModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ModelException(String message) {
    super(message);
  }

  public ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
