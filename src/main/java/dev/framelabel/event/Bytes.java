package dev.framelabel.event;

import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An immutable sequence of bytes that is never copied on its way: whoever wraps an array hands it
 * over, and whoever reads it leaves it as it is. It may be a part of its array.
 */
public final class Bytes {
  public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0, 0);

  private final byte[] array;
  private final int offset;
  private final int length;
  private final int held;

  private Bytes(byte[] array, int offset, int length, int held) {
    this.array = array;
    this.offset = offset;
    this.length = length;
    this.held = held;
  }

  /** Takes the array over without a copy; the caller must not change it afterwards. */
  public static Bytes wrap(byte[] array) {
    return array.length == 0 ? EMPTY : new Bytes(array, 0, array.length, array.length);
  }

  /** As {@link #wrap(byte[])}; none for null. */
  public static Bytes ofNullable(byte[] array) {
    return array == null ? EMPTY : wrap(array);
  }

  /**
   * Takes over what remains of a buffer, without a copy; its array must not be changed afterwards,
   * and is kept whole.
   *
   * @param buffer over an array that it lets see
   */
  public static Bytes wrap(ByteBuffer buffer) {
    if (!buffer.hasRemaining()) {
      return EMPTY;
    }
    byte[] array = buffer.array();
    int offset = buffer.arrayOffset() + buffer.position();
    return new Bytes(array, offset, buffer.remaining(), array.length);
  }

  /**
   * As {@link #wrap(ByteBuffer)}, for an array that many share, each a part of its own: what this
   * holds counts as no more than its part.
   */
  public static Bytes share(ByteBuffer buffer) {
    return wrap(buffer).holding(buffer.remaining());
  }

  /** As {@link #wrap(ByteBuffer)}, for a buffer that may be a part of these bytes. */
  public Bytes within(ByteBuffer buffer) {
    Bytes part = wrap(buffer);
    return part.array == array ? part.holding(held) : part;
  }

  private Bytes holding(int bytes) {
    return bytes == held ? this : new Bytes(array, offset, length, bytes);
  }

  /** The bytes where they are, from position 0 to the limit: read only. */
  public ByteBuffer buffer() {
    return ByteBuffer.wrap(array, offset, length).slice();
  }

  /**
   * An array of these bytes and no more: the very array where they fill it, else a copy. Read only.
   */
  public byte[] array() {
    return length == array.length ? array : Arrays.copyOfRange(array, offset, offset + length);
  }

  public int length() {
    return length;
  }

  /** How many bytes of memory this keeps: those of its whole array, or its share of it. */
  public int heldLength() {
    return held;
  }

  public void writeTo(DataOutput out) throws IOException {
    out.write(array, offset, length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && buffer().equals(bytes.buffer());
  }

  @Override
  public int hashCode() {
    return buffer().hashCode();
  }

  @Override
  public String toString() {
    return length + " bytes";
  }
}
