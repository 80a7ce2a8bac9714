package dev.framelabel.tools.modelkit;

import ai.onnxruntime.platform.Fp16Conversions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.framelabel.model.ModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file: 8 bytes length, a JSON header, then the numbers, all little-endian. Integers
 * are left out when reading: no weights are integers.
 *
 * @param metadata the header's {@code __metadata__}
 * @param tensors by name, in the header's order
 */
record Safetensors(Map<String, String> metadata, Map<String, Tensor> tensors) {
  private static final int LENGTH_BYTES = 8;
  private static final long LARGEST_HEADER = 100_000_000;
  private static final String METADATA = "__metadata__";

  /**
   * Reads a whole file into memory.
   *
   * @throws ModelException if the file is missing, of another kind, cut or contradicts itself
   */
  static Safetensors read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ModelException("weights file " + file + " is not there");
    }
    try (FileChannel channel = FileChannel.open(file)) {
      refuseOtherKinds(channel, file);
      ByteBuffer length = read(channel, 0, LENGTH_BYTES, file);
      long headerBytes = length.getLong(0);
      if (headerBytes < 2
          || headerBytes > LARGEST_HEADER
          || headerBytes > channel.size() - LENGTH_BYTES) {
        throw damaged(
            file,
            "its header is said to take %s bytes and the file has %s"
                .formatted(headerBytes, channel.size()));
      }
      JsonNode header = header(read(channel, LENGTH_BYTES, headerBytes, file), file);
      return tensors(channel, LENGTH_BYTES + headerBytes, header, file);
    } catch (IOException e) {
      throw new ModelException("weights file " + file + " cannot be read: " + e, e);
    }
  }

  private static void refuseOtherKinds(FileChannel channel, Path file) throws IOException {
    ByteBuffer start = ByteBuffer.allocate(2);
    int ignored = channel.read(start, 0);
    boolean zip = start.get(0) == 'P' && start.get(1) == 'K';
    boolean pickle = (start.get(0) & 0xFF) == 0x80 && start.get(1) >= 2 && start.get(1) <= 5;
    if (zip || pickle) {
      throw new ModelException(
          ("weights file %s is a PyTorch checkpoint (%s); expected safetensors. Convert it: python3"
                  + " model/to_safetensors.py %s weights.safetensors")
              .formatted(file, zip ? "zip" : "pickle", file.getFileName()));
    }
  }

  private static ByteBuffer read(FileChannel channel, long from, long bytes, Path file)
      throws IOException {
    if (from < 0 || bytes < 0 || from + bytes > channel.size()) {
      throw damaged(
          file, "it ends after " + channel.size() + " bytes, " + (from + bytes) + " are needed");
    }
    return channel.map(MapMode.READ_ONLY, from, bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ModelException damaged(Path file, String how) {
    return new ModelException(
        "weights file " + file + " is no safetensors file, or cut or damaged: " + how);
  }

  private static JsonNode header(ByteBuffer bytes, Path file) {
    byte[] text = new byte[bytes.remaining()];
    bytes.get(text);
    try {
      JsonNode header = new JsonMapper().readTree(text);
      if (header == null || !header.isObject()) {
        throw damaged(file, "its header is no JSON object");
      }
      return header;
    } catch (IOException e) {
      throw damaged(file, "its header is no JSON: " + e.getClass().getSimpleName());
    }
  }

  private static Safetensors tensors(FileChannel channel, long start, JsonNode header, Path file)
      throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      if (entry.getKey().equals(METADATA)) {
        entry.getValue().properties().forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
      } else if (isFloat(entry.getValue())) {
        tensors.put(entry.getKey(), tensor(channel, start, entry, file));
      }
    }
    return new Safetensors(metadata, tensors);
  }

  private static boolean isFloat(JsonNode entry) {
    return entry.path("dtype").asText().matches("F\\d+|BF16");
  }

  private static Tensor tensor(
      FileChannel channel, long start, Map.Entry<String, JsonNode> entry, Path file)
      throws IOException {
    JsonNode node = entry.getValue();
    List<Integer> shape = new ArrayList<>();
    node.path("shape").forEach(side -> shape.add(side.asInt(-1)));
    long from = node.path("data_offsets").path(0).asLong(-1);
    long to = node.path("data_offsets").path(1).asLong(-1);
    String type = node.path("dtype").asText();
    int each = bytesOf(type, entry.getKey());
    boolean sane = shape.stream().allMatch(side -> side >= 0) && from >= 0 && to >= from;
    if (!sane || (to - from) != Tensor.size(shape) * each) {
      throw damaged(
          file,
          "tensor %s of type %s and shape %s lies at bytes %s to %s"
              .formatted(entry.getKey(), type, shape, from, to));
    }
    return new Tensor(shape, floats(type, read(channel, start + from, to - from, file), each));
  }

  private static int bytesOf(String type, String name) {
    return switch (type) {
      case "F16", "BF16" -> 2;
      case "F32" -> 4;
      case "F64" -> 8;
      default ->
          throw new ModelException(
              "tensor " + name + " is of type " + type + "; expected F16, BF16, F32 or F64");
    };
  }

  private static float[] floats(String type, ByteBuffer bytes, int each) {
    float[] values = new float[bytes.remaining() / each];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case "F16" -> Fp16Conversions.fp16ToFloat(bytes.getShort(i * each));
            case "BF16" -> Fp16Conversions.bf16ToFloat(bytes.getShort(i * each));
            case "F32" -> bytes.getFloat(i * each);
            default -> (float) bytes.getDouble(i * each);
          };
    }
    return values;
  }

  /** Returns the file's bytes, all tensors as F32. */
  byte[] toBytes() {
    ObjectNode header = new JsonMapper().createObjectNode();
    ObjectNode notes = header.putObject(METADATA);
    metadata.forEach(notes::put);
    int end = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      ObjectNode node = header.putObject(entry.getKey()).put("dtype", "F32");
      ArrayNode shape = node.putArray("shape");
      entry.getValue().shape().forEach(shape::add);
      int bytes = entry.getValue().values().length * Float.BYTES;
      node.putArray("data_offsets").add(end).add(end + bytes);
      end += bytes;
    }
    byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
    int padding = (8 - text.length % 8) % 8;
    ByteBuffer out =
        ByteBuffer.allocate(LENGTH_BYTES + text.length + padding + end)
            .order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(text.length + padding)
        .put(text)
        .put(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII));
    tensors.values().forEach(tensor -> put(out, tensor));
    return out.array();
  }

  private static void put(ByteBuffer out, Tensor tensor) {
    for (float value : tensor.values()) {
      out.putFloat(value);
    }
  }
}
