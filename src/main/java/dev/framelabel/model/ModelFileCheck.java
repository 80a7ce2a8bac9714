package dev.framelabel.model;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;

/**
 * Check that refuses model files before ONNX Runtime reads them. Weights in other files could make
 * it read what it should not, and the file's sha256 would say nothing of them. Metadata of any size
 * would be copied to the heap. Walks the protobuf fields of ONNX (onnx.proto3) that can hold a
 * tensor; everything else is skipped unread.
 */
public final class ModelFileCheck {
  /** Bytes of all metadata together: a million class names, or so. */
  private static final long MOST_METADATA = 16 << 20;

  private static final int MODEL_METADATA = 14;
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;
  private static final int TENSOR_EXTERNAL_DATA = 13;
  private static final int TENSOR_DATA_LOCATION = 14;

  /** Messages that lead to tensors. */
  private enum Message {
    MODEL,
    GRAPH,
    FUNCTION,
    NODE,
    ATTRIBUTE,
    SPARSE_TENSOR,
    TENSOR
  }

  /** Messages by the message and the field that hold them. */
  private static final Map<Message, Map<Integer, Message>> FIELDS =
      Map.of(
          Message.MODEL, Map.of(7, Message.GRAPH, 25, Message.FUNCTION),
          Message.GRAPH, Map.of(1, Message.NODE, 5, Message.TENSOR, 15, Message.SPARSE_TENSOR),
          Message.FUNCTION, Map.of(7, Message.NODE),
          Message.NODE, Map.of(5, Message.ATTRIBUTE),
          Message.ATTRIBUTE,
              Map.of(
                  5, Message.TENSOR,
                  6, Message.GRAPH,
                  10, Message.TENSOR,
                  11, Message.GRAPH,
                  22, Message.SPARSE_TENSOR,
                  23, Message.SPARSE_TENSOR),
          Message.SPARSE_TENSOR, Map.of(1, Message.TENSOR, 2, Message.TENSOR),
          Message.TENSOR, Map.of());

  private ModelFileCheck() {}

  /**
   * Checks a file.
   *
   * @throws ModelException if a tensor of it lies elsewhere, its metadata is too large, or the file
   *     is no protobuf message or cannot be read
   */
  public static void refuse(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw new ModelException(
            "model file " + file + " has more than 2 GB, which ONNX cannot have");
      }
      walk(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()), Message.MODEL, file);
    } catch (IllegalArgumentException
        | ArithmeticException
        | IndexOutOfBoundsException
        | BufferUnderflowException
        | StackOverflowError e) {
      throw new ModelException("model file " + file + " is cut or no ONNX file", e);
    } catch (IOException e) {
      throw new ModelException("model file " + file + " cannot be read: " + e, e);
    }
  }

  private static void walk(ByteBuffer in, Message message, Path file) {
    long metadata = 0;
    while (in.hasRemaining()) {
      long tag = varint(in);
      int field = (int) (tag >>> 3);
      switch ((int) tag & 7) {
        case VARINT -> {
          long value = varint(in);
          refuseIf(message == Message.TENSOR && field == TENSOR_DATA_LOCATION && value == 1, file);
        }
        case FIXED_64 -> skip(in, Long.BYTES);
        case FIXED_32 -> skip(in, Integer.BYTES);
        case BYTES -> {
          int length = Math.toIntExact(varint(in));
          metadata += message == Message.MODEL && field == MODEL_METADATA ? length : 0;
          refuseMetadata(metadata, file);
          refuseIf(message == Message.TENSOR && field == TENSOR_EXTERNAL_DATA, file);
          Message inner = FIELDS.get(message).get(field);
          if (inner != null) {
            walk(in.slice(in.position(), length), inner, file);
          }
          skip(in, length);
        }
        default -> throw new IllegalArgumentException("wire type " + (tag & 7));
      }
    }
  }

  private static void refuseIf(boolean external, Path file) {
    if (external) {
      throw new ModelException(
          ("model file %s keeps weights in other files (external data); expected one file with"
                  + " everything in it. With Python: onnx.save(onnx.load(\"model.onnx\"), \"whole.onnx\")")
              .formatted(file));
    }
  }

  private static void refuseMetadata(long bytes, Path file) {
    if (bytes > MOST_METADATA) {
      throw new ModelException(
          "model file %s has %s bytes or more of metadata; expected at most %s"
              .formatted(file, bytes, MOST_METADATA));
    }
  }

  private static void skip(ByteBuffer in, int bytes) {
    in.position(in.position() + bytes);
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number of more than 64 bits");
  }
}
