package dev.framelabel.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.apache.avro.Schema;

/** Schemas of earlier versions, whose records are still read. */
final class OlderSchemas {
  /** Without the kind {@code DEVICE_FAILED}. */
  static final Schema REJECTED_FRAME_1 = load("rejected-frame-1.avsc");

  private OlderSchemas() {}

  private static Schema load(String name) {
    try (InputStream in = OlderSchemas.class.getResourceAsStream(name)) {
      return new Schema.Parser().parse(Objects.requireNonNull(in, name));
    } catch (IOException e) {
      throw new UncheckedIOException("schema " + name + " of this jar cannot be read", e);
    }
  }
}
