package dev.framelabel.wire;

import java.nio.ByteBuffer;

/** The bytes of Avro's buffers. */
final class WireBytes {
  private WireBytes() {}

  /** The buffer's content; its own array, without a copy, where the content fills it. */
  static byte[] array(ByteBuffer buffer) {
    if (buffer.hasArray()
        && buffer.arrayOffset() == 0
        && buffer.remaining() == buffer.array().length) {
      return buffer.array();
    }
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
