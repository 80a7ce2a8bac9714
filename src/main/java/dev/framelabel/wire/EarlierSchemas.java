package dev.framelabel.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.avro.Schema;

/** The schemas of earlier versions: files of this jar, which are kept for ever. */
final class EarlierSchemas {
  static final List<Schema> IMAGE_EVENT = List.of(load("image-event-1"));
  static final List<Schema> REJECTED_FRAME =
      List.of(load("rejected-frame-1"), load("rejected-frame-2"));

  private EarlierSchemas() {}

  private static Schema load(String name) {
    try (InputStream in = EarlierSchemas.class.getResourceAsStream("/schemas/" + name + ".avsc")) {
      return new Schema.Parser().parse(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
