package dev.framelabel.wire;

import java.util.Optional;

/**
 * A schema registry. Calls block; implementations need not be thread-safe.
 *
 * <p>A registry that cannot be reached, or refuses, is no fault of a record: its calls throw {@link
 * RegistryException}.
 */
public interface SchemaRegistry {
  /**
   * Returns the schema's text.
   *
   * @return empty where the registry has no such schema
   */
  Optional<String> schema(SchemaId id);

  /** Looks the schema up under a subject, registers it where it is not there, returns its id. */
  SchemaId register(String subject, String schema, SchemaId.Kind kind);
}
