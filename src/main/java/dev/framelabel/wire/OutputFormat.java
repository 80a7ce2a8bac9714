package dev.framelabel.wire;

import java.util.Locale;

/** Wire format of an Avro record in a Kafka value. */
public enum OutputFormat {
  /**
   * Avro's single-object encoding: C3 01, the schema's fingerprint, then the record. Schemas can
   * evolve.
   */
  SINGLE_OBJECT,
  /** The record alone, written with this version's schema. */
  PLAIN,
  /**
   * 00, the schema's id at a registry in 4 bytes, the record: Confluent's serializers, and
   * Apicurio's of version 3.
   */
  CONFLUENT,
  /** 00, the schema's global id at an Apicurio registry in 8 bytes, the record. */
  APICURIO;

  /** Returns whether a value of this framing needs a schema registry. */
  public boolean registered() {
    return this == CONFLUENT || this == APICURIO;
  }

  /** Returns the name as users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
