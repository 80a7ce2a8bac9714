package dev.framelabel.event;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An immutable sequence of bytes that is never copied on its way: whoever wraps an array hands it
 * over, and whoever reads it leaves it as it is.
 */
public final class Bytes {
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] array;

  private Bytes(byte[] array) {
    this.array = array;
  }

  /** Takes over the array without a copy; the caller must not change it afterwards. */
  public static Bytes wrap(byte[] array) {
    return array.length == 0 ? EMPTY : new Bytes(array);
  }

  /** Takes over the array as {@link #wrap(byte[])} does; null becomes {@link #EMPTY}. */
  public static Bytes ofNullable(byte[] array) {
    return array == null ? EMPTY : wrap(array);
  }

  /**
   * Takes over what remains of a buffer: its very array where the remaining bytes fill it, else a
   * copy. The caller must not change the array afterwards.
   *
   * @param buffer a buffer with an accessible array
   */
  public static Bytes wrap(ByteBuffer buffer) {
    byte[] array = buffer.array();
    int from = buffer.arrayOffset() + buffer.position();
    return wrap(
        buffer.remaining() == array.length
            ? array
            : Arrays.copyOfRange(array, from, from + buffer.remaining()));
  }

  /** Returns the bytes as a buffer, from position 0 to the limit: read only. */
  public ByteBuffer buffer() {
    return ByteBuffer.wrap(array);
  }

  /** Returns the array itself, not a copy: read only. */
  public byte[] array() {
    return array;
  }

  public int length() {
    return array.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(array, bytes.array);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(array);
  }

  @Override
  public String toString() {
    return array.length + " bytes";
  }
}
