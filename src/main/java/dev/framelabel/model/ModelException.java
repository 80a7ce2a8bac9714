package dev.framelabel.model;

/** Error of the model file, of the device, or of the settings: nothing can be labelled. */
public class ModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ModelException(String message) {
    super(message);
  }

  public ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
