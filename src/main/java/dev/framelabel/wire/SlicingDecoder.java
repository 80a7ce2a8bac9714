package dev.framelabel.wire;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.avro.SystemLimitException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.util.Utf8;

/**
 * Avro's decoder of an array, which can give bytes as a part of that array instead of a copy. All
 * else, the limits and the checks too, is as Avro has it. Not thread-safe.
 */
final class SlicingDecoder extends Decoder {
  /**
   * In place of a buffer to use again, asks for a part of the array. Without it there is a copy:
   * where the writer's bytes are the reader's string, Avro takes the whole array behind a buffer.
   */
  static final ByteBuffer SLICE = ByteBuffer.allocate(0);

  /** In place of what was read; Avro copies arrays that are shorter. */
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(16);

  private BinaryDecoder in;
  private byte[] array;
  private int end;

  /**
   * Begins anew, and reads to the buffer's limit.
   *
   * @param value a buffer over an array
   * @param from where to begin, counted from the buffer's beginning
   */
  void reset(ByteBuffer value, int from) {
    array = value.array();
    end = value.arrayOffset() + value.limit();
    in =
        DecoderFactory.get()
            .binaryDecoder(array, value.arrayOffset() + from, value.limit() - from, in);
  }

  /** Lets go of what was read: it may be a part of much. */
  void release() {
    reset(NOTHING, 0);
  }

  boolean isEnd() throws IOException {
    return in.isEnd();
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // equal buffers are not meant
  public ByteBuffer readBytes(ByteBuffer old) throws IOException {
    if (old != SLICE) {
      return in.readBytes(old);
    }
    int length = SystemLimitException.checkMaxBytesLength(in.readLong());
    int left = in.remainingBytes();
    if (length > left) {
      throw new EOFException(
          "Attempted to read " + length + " bytes, but only " + left + " bytes are available");
    }
    in.skipFixed(length);
    return ByteBuffer.wrap(array, end - left, length);
  }

  @Override
  public int remainingBytes() {
    return in.remainingBytes();
  }

  @Override
  public void readNull() throws IOException {
    in.readNull();
  }

  @Override
  public boolean readBoolean() throws IOException {
    return in.readBoolean();
  }

  @Override
  public int readInt() throws IOException {
    return in.readInt();
  }

  @Override
  public long readLong() throws IOException {
    return in.readLong();
  }

  @Override
  public float readFloat() throws IOException {
    return in.readFloat();
  }

  @Override
  public double readDouble() throws IOException {
    return in.readDouble();
  }

  @Override
  public Utf8 readString(Utf8 old) throws IOException {
    return in.readString(old);
  }

  @Override
  public String readString() throws IOException {
    return in.readString();
  }

  @Override
  public void skipString() throws IOException {
    in.skipString();
  }

  @Override
  public void skipBytes() throws IOException {
    in.skipBytes();
  }

  @Override
  public void readFixed(byte[] bytes, int start, int length) throws IOException {
    in.readFixed(bytes, start, length);
  }

  @Override
  public void skipFixed(int length) throws IOException {
    in.skipFixed(length);
  }

  @Override
  public int readEnum() throws IOException {
    return in.readEnum();
  }

  @Override
  public long readArrayStart() throws IOException {
    return in.readArrayStart();
  }

  @Override
  public long arrayNext() throws IOException {
    return in.arrayNext();
  }

  @Override
  public long skipArray() throws IOException {
    return in.skipArray();
  }

  @Override
  public long readMapStart() throws IOException {
    return in.readMapStart();
  }

  @Override
  public long mapNext() throws IOException {
    return in.mapNext();
  }

  @Override
  public long skipMap() throws IOException {
    return in.skipMap();
  }

  @Override
  public int readIndex() throws IOException {
    return in.readIndex();
  }
}
