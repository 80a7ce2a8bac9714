package dev.framelabel.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Model files for tests. */
public final class TestModels {
  private TestModels() {}

  /** A model of 8 x 8 pixels that names a picture's strongest colour: red, green or blue. */
  public static Path colour() {
    return named("colour");
  }

  /** A session of it on the CPU; the caller closes it. */
  static OrtSession colourSession() {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      return OrtEnvironment.getEnvironment().createSession(colour().toString(), options);
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  public static Path named(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(TestModels.class.getResource("/models/" + name + ".onnx"))
              .toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Metadata of a model of two classes, for doubles. */
  public static ModelMetadata metadata(int height, int width) {
    return new ModelMetadata(
        "fake",
        "1",
        "0123456789abcdef".repeat(4),
        height,
        width,
        "stretch",
        1,
        "fast",
        List.of("a", "b"),
        LabelTask.CLASSIFY,
        List.of());
  }

  /** The demo's Xception. */
  public static Path demo() {
    return Path.of("model/demo-xception.onnx").toAbsolutePath();
  }
}
