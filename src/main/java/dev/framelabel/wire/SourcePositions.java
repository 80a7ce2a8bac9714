package dev.framelabel.wire;

import dev.framelabel.event.SourcePosition;

/** Converter of source positions to and from Avro. */
final class SourcePositions {
  private SourcePositions() {}

  static dev.framelabel.avro.SourcePosition toAvro(SourcePosition source) {
    return new dev.framelabel.avro.SourcePosition(
        source.topic(), source.partition(), source.offset());
  }

  static SourcePosition fromAvro(dev.framelabel.avro.SourcePosition source) {
    return new SourcePosition(source.getTopic(), source.getPartition(), source.getOffset());
  }
}
