package dev.framelabel.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.framelabel.avro.ImageEvent;
import dev.framelabel.event.Bytes;
import dev.framelabel.event.FieldLimits;
import dev.framelabel.event.TestEvents;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.Utf8;

/**
 * Records that a sender may write, of any field sizes, at and around the limits above all. Texts
 * are of any Unicode, and now and then not even UTF-8. The same seed gives the same records.
 */
public final class HostileEvents {
  private static final int KIB = 1 << 10;

  /** Sizes around each limit, and those of the faults that were found. */
  private static final int[] SIZES = {
    0, 1, 40, 255, 256, 257, 1_023, 1_024, 1_025, 4_095, 4_096, 4_097, 8_192, 8_193, 16_384, 16_385,
    60_000, 200_000, 600_000, 900_000, 1_200_000, 3_000_000
  };

  private final Random random;
  private final byte[] picture;

  /**
   * @param picture a good one
   */
  public HostileEvents(long seed, byte[] picture) {
    this.random = new Random(seed);
    this.picture = picture.clone();
  }

  /** The faults that were found, and their neighbours: one field too large, all else good. */
  public static List<IncomingFrame> found(byte[] picture) {
    String text = "ä";
    Map<String, Object> good = fields("cam", "frame", Map.of(), picture, "");
    Map<String, String> many = new HashMap<>();
    for (int i = 0; i < 5_000; i++) {
      many.put("key-" + i, "");
    }
    Map<String, Bytes> headers = new HashMap<>();
    for (int i = 0; i < 2_000; i++) {
      headers.put("ce_" + i, Bytes.EMPTY);
    }
    byte[] damaged = Arrays.copyOf(picture, 900_000);
    Map<String, String> large = Map.of("note", text.repeat(600_000));
    return List.of(
        event(with(good, "attributes", large)),
        event(fields("cam", "frame", Map.of("note", "x".repeat(200_000)), damaged, "")),
        event(fields("cam", "frame", Map.of(), new byte[0], "s3://b/" + "x".repeat(600_000))),
        event(with(good, "cameraId", text.repeat(1_000_000))),
        event(with(good, "frameId", "\uD83D\uDE00".repeat(1_000_000))),
        event(with(good, "attributes", Map.of("x".repeat(300_000), ""))),
        event(with(good, "attributes", many)),
        incoming("cam", encoded(good), headers),
        incoming("cam", encoded(good), Map.of("tracestate", bytes(text.repeat(500_000)))),
        incoming("cam", picture, Map.of("frame-id", bytes("f".repeat(2_000_000)))),
        incoming("k".repeat(2_000_000), picture, Map.of()),
        incoming("cam", picture, Map.of("captured-at", bytes("9".repeat(2_000_000)))),
        incoming("cam", picture, Map.of("captured-at", bytes("+999999999-01-01T00:00:00Z"))));
  }

  private static Map<String, Object> fields(
      String camera, String frame, Map<String, String> attributes, byte[] image, String uri) {
    Map<String, Object> fields = new HashMap<>();
    fields.put("cameraId", camera);
    fields.put("frameId", frame);
    fields.put("capturedAt", micros());
    fields.put("format", symbol("ENCODED"));
    fields.put("width", 0);
    fields.put("height", 0);
    fields.put("attributes", attributes);
    fields.put("image", ByteBuffer.wrap(image));
    fields.put("imageUri", uri);
    return fields;
  }

  private static Map<String, Object> with(Map<String, Object> fields, String name, Object value) {
    Map<String, Object> changed = new HashMap<>(fields);
    changed.put(name, value);
    return changed;
  }

  private static IncomingFrame event(Map<String, Object> fields) {
    return incoming("cam", encoded(fields), Map.of());
  }

  private static long micros() {
    return TestEvents.CAPTURED.getEpochSecond() * 1_000_000;
  }

  private static GenericData.EnumSymbol symbol(String name) {
    return new GenericData.EnumSymbol(ImageEvent.SCHEMA$.getField("format").schema(), name);
  }

  /** Any record; most are events whose fields are good, apart from one or two. */
  public IncomingFrame next() {
    Map<String, Bytes> headers = new HashMap<>();
    byte[] value;
    switch (random.nextInt(10)) {
      case 0 -> {
        value = picture;
        headers.put("camera-id", text());
        headers.put("frame-id", text());
        headers.put("captured-at", text());
      }
      case 1 -> {
        value = new byte[size()];
        random.nextBytes(value);
      }
      default -> value = encoded(fields());
    }
    if (random.nextInt(3) == 0) {
      addHeaders(headers);
    }
    return incoming(
        random.nextInt(8) == 0 ? text() : bytes("cam"), Bytes.wrap(value), Map.copyOf(headers));
  }

  private Map<String, Object> fields() {
    Map<String, Object> fields =
        fields(
            "cam",
            "frame",
            Map.of("site", "yard"),
            random.nextInt(3) == 0 ? image() : picture,
            random.nextInt(20) == 0 ? "file:/frames/a.jpg" : "");
    for (int changes = random.nextInt(3); changes > 0; changes--) {
      switch (random.nextInt(6)) {
        case 0 -> fields.put("cameraId", utf8());
        case 1 -> fields.put("frameId", utf8());
        case 2 -> fields.put("attributes", attributes());
        case 3 -> {
          fields.put("imageUri", utf8());
          fields.put("image", ByteBuffer.allocate(0));
        }
        case 4 -> {
          fields.put("format", symbol("RGB24"));
          fields.put("width", random.nextInt());
          fields.put("height", random.nextInt());
        }
        default -> fields.put("capturedAt", random.nextBoolean() ? random.nextLong() : micros());
      }
    }
    return fields;
  }

  /** A good picture's beginning, then nothing but zeros. */
  private byte[] image() {
    return Arrays.copyOf(picture, size());
  }

  private Map<Object, Object> attributes() {
    Map<Object, Object> attributes = new HashMap<>();
    int most = random.nextInt(4) == 0 ? 3_000 : 120;
    int count = random.nextInt(most);
    int left = 3_000_000;
    for (int i = 0; i < count && left > 0; i++) {
      Utf8 key = count < 20 ? utf8() : new Utf8("k" + i);
      Utf8 value = random.nextInt(10) == 0 ? utf8() : new Utf8("v".repeat(random.nextInt(200)));
      attributes.put(key, value);
      left -= key.getByteLength() + value.getByteLength();
    }
    return attributes;
  }

  private void addHeaders(Map<String, Bytes> headers) {
    int count = random.nextInt(random.nextBoolean() ? 3 : 200);
    int left = 2_000_000;
    for (int i = 0; i < count && left > 0; i++) {
      String name =
          switch (random.nextInt(6)) {
            case 0 -> "traceparent";
            case 1 -> "tracestate";
            case 2 -> "framelabel-writer";
            case 3 -> "other-" + i;
            case 4 -> "ce_" + characters(random.nextInt(20) == 0 ? size() : random.nextInt(9));
            default -> "ce_" + i;
          };
      Bytes value = random.nextInt(4) == 0 ? text() : bytes("v".repeat(random.nextInt(150)));
      headers.put(name, value);
      left -= value.length() + name.length();
    }
  }

  private int size() {
    return random.nextInt(4) == 0 ? random.nextInt(3_000) : SIZES[random.nextInt(SIZES.length)];
  }

  private Utf8 utf8() {
    return new Utf8(text().array());
  }

  /** So many bytes: letters, any Unicode, bytes that are no UTF-8, surrogates alone. */
  private Bytes text() {
    int size = size();
    return switch (random.nextInt(4)) {
      case 0 -> bytes("x".repeat(size));
      case 1 -> bytes(characters(size / 2));
      case 2 -> {
        byte[] noise = new byte[Math.min(size, 64 * KIB)];
        random.nextBytes(noise);
        yield Bytes.wrap(noise);
      }
      default -> {
        // A surrogate alone, as some encoders write it: in three bytes.
        byte[] lone = new byte[size];
        for (int i = 0; i < size; i++) {
          lone[i] = new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}[i % 3];
        }
        yield Bytes.wrap(lone);
      }
    };
  }

  /** Characters of any plane, surrogates alone among them. */
  private String characters(int count) {
    StringBuilder text = new StringBuilder();
    while (text.length() < count) {
      switch (random.nextInt(3)) {
        case 0 -> text.append((char) random.nextInt(0x10000));
        case 1 -> text.appendCodePoint(random.nextInt(0x110000));
        default -> text.append("e\u0301");
      }
    }
    return text.toString();
  }

  private static IncomingFrame incoming(String key, byte[] value, Map<String, Bytes> headers) {
    return incoming(bytes(key), Bytes.wrap(value), headers);
  }

  private static IncomingFrame incoming(Bytes key, Bytes value, Map<String, Bytes> headers) {
    return new IncomingFrame(key, value, headers, TestEvents.CAPTURED, TestEvents.SOURCE);
  }

  private static Bytes bytes(String text) {
    return Bytes.wrap(text.getBytes(UTF_8));
  }

  private static byte[] encoded(Map<String, Object> fields) {
    GenericData.Record event = new GenericData.Record(ImageEvent.SCHEMA$);
    for (Schema.Field field : ImageEvent.SCHEMA$.getFields()) {
      event.put(field.name(), fields.get(field.name()));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<>(ImageEvent.SCHEMA$).write(event, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new AssertionError("memory takes everything", e);
    }
    return bytes.toByteArray();
  }

  /** An attribute map that has all that the limits allow. */
  public static Map<String, String> fullAttributes() {
    Map<String, String> attributes = new HashMap<>();
    int each = FieldLimits.ATTRIBUTES_BYTES / FieldLimits.ATTRIBUTES;
    for (int i = 0; i < FieldLimits.ATTRIBUTES; i++) {
      String key = String.format("%03d", i);
      attributes.put(key, "x".repeat(each - key.length()));
    }
    return attributes;
  }
}
