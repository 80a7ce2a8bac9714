package dev.framelabel.wire;

import java.util.Locale;

/** Format of the values that are taken as frames. */
public enum InputFormat {
  /** Whatever is recognised by its first bytes or its headers. */
  AUTO,
  /** Avro's single-object encoding only. */
  SINGLE_OBJECT,
  /** Avro without anything around it only. */
  PLAIN,
  /** 00 and a 4-byte id only. */
  CONFLUENT,
  /**
   * What Apicurio's serializers write only: 00 and an id of 4 or 8 bytes, or the id in a header.
   */
  APICURIO,
  /** A bare JPEG, PNG or WebP file only. */
  IMAGE;

  boolean takes(Envelope.Kind kind) {
    return switch (this) {
      case AUTO -> true;
      case SINGLE_OBJECT -> kind == Envelope.Kind.SINGLE_OBJECT;
      case PLAIN -> kind == Envelope.Kind.PLAIN;
      case CONFLUENT -> kind == Envelope.Kind.CONFLUENT;
      case APICURIO -> kind == Envelope.Kind.APICURIO || kind == Envelope.Kind.CONFLUENT;
      case IMAGE -> kind == Envelope.Kind.IMAGE;
    };
  }

  /** Returns the name as users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
