package dev.framelabel.wire;

/** What stands around an Avro record in a Kafka value. */
public enum Framing {
  /**
   * Avro's single-object encoding: C3 01, the schema's fingerprint, then the record. Schemas can
   * evolve.
   */
  SINGLE_OBJECT,
  /** The record alone, written with this version's schema. */
  PLAIN;

  /** Whether the bytes begin as Avro's single-object encoding does. */
  static boolean isSingleObject(byte[] value) {
    return value.length >= 10 && value[0] == (byte) 0xC3 && value[1] == 0x01;
  }
}
