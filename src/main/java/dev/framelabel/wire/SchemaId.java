package dev.framelabel.wire;

/**
 * Id of a schema in a registry.
 *
 * @param number the id, as an unsigned number
 */
public record SchemaId(Kind kind, long number) {
  /** Kind of the registry's number. */
  public enum Kind {
    /** The id of Confluent's calls; Apicurio's content id. Written in 4 bytes. */
    CONTENT,
    /** Apicurio's global id: one for each version of an artifact. Written in 8 bytes. */
    GLOBAL
  }

  @Override
  public String toString() {
    return (kind == Kind.GLOBAL ? "global id " : "id ") + number;
  }
}
