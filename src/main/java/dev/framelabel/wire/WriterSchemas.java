package dev.framelabel.wire;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;

/**
 * The schemas of a registry that records were written with, each asked for once. An id that the
 * registry does not know is asked for again after a minute. Not thread-safe.
 */
final class WriterSchemas {
  private static final long UNKNOWN_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int MOST = 1_000;

  private final Schema reader;
  private final SchemaRegistry registry;
  private final Map<SchemaId, Schema> known = new HashMap<>();
  private final Map<SchemaId, Refusal> refused = new LinkedHashMap<>();

  private record Refusal(String reason, long nanos) {}

  WriterSchemas(Schema reader, SchemaRegistry registry) {
    this.reader = reader;
    this.registry = registry;
  }

  /**
   * Returns a schema by its id; asks the registry for it once.
   *
   * @throws IOException if there is no such schema, or records of it cannot be read
   * @throws RegistryException if the registry does not answer
   */
  Schema of(SchemaId id) throws IOException {
    Schema found = known.get(id);
    if (found != null) {
      return found;
    }
    Refusal refusal = refused.get(id);
    if (refusal == null || System.nanoTime() - refusal.nanos() > UNKNOWN_NANOS) {
      return ask(id);
    }
    throw new IOException(refusal.reason());
  }

  private Schema ask(SchemaId id) throws IOException {
    if (known.size() + refused.size() >= MOST) {
      // Ids come from senders: what is kept of them must not grow without end.
      known.clear();
      refused.clear();
    }
    try {
      Optional<String> text = registry.schema(id);
      Schema schema =
          parse(text.orElseThrow(() -> new IOException("the registry knows no schema of " + id)));
      known.put(id, schema);
      refused.remove(id);
      return schema;
    } catch (IOException e) {
      refused.put(id, new Refusal(e.getMessage(), System.nanoTime()));
      throw e;
    }
  }

  private Schema parse(String text) throws IOException {
    Schema writer;
    try {
      writer = new Schema.Parser().parse(text);
    } catch (AvroRuntimeException e) {
      throw new IOException("the registry's schema is no Avro schema: " + e.getMessage(), e);
    }
    try {
      if (reader.getFullName().equals(writer.getFullName())
          && SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType()
              == SchemaCompatibilityType.COMPATIBLE) {
        return writer;
      }
    } catch (AvroRuntimeException e) {
      throw new IOException("the registry's schema cannot be compared: " + e.getMessage(), e);
    }
    throw new IOException(
        "the registry's schema is %s; expected one that %s can read"
            .formatted(writer.getFullName(), reader.getFullName()));
  }
}
