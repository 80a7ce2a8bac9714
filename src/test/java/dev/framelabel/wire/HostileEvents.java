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
import java.util.SplittableRandom;
import java.util.function.Supplier;
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
  /** Sizes around each limit. */
  private static final int[] SIZES = {
    0, 1, 40, 255, 256, 257, 1_023, 1_024, 1_025, 4_095, 4_096, 4_097, 8_192, 8_193, 16_384, 16_385
  };

  /**
   * Those of the faults that were found; seldom, because each takes as long as a hundred others.
   */
  private static final int[] LARGE = {60_000, 200_000, 600_000, 900_000, 1_200_000, 3_000_000};

  private static final int ONE_IS_LARGE = 100;
  private static final int LARGEST = 3_000_000;

  private static final byte[] LETTERS = letters();
  private static final byte[] LONE = lone();

  /** Characters of any plane, surrogates alone among them, which are written as '?'. */
  private static final byte[] UNICODE = characters(new SplittableRandom(1), LARGEST / 2);

  private final SplittableRandom random;
  private final byte[] picture;
  private final Supplier<byte[]> pictures;

  /**
   * @param picture a good one
   */
  public HostileEvents(long seed, byte[] picture) {
    this(seed, picture, () -> picture);
  }

  /**
   * @param picture a good one
   * @param pictures any ones, for about half of the events
   */
  public HostileEvents(long seed, byte[] picture, Supplier<byte[]> pictures) {
    this.random = new SplittableRandom(seed);
    this.picture = picture.clone();
    this.pictures = pictures;
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
        value = random.nextBoolean() ? picture : pictures.get();
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
    if (random.nextInt(6) == 0) {
      addHeaders(headers);
    }
    return incoming(
        random.nextInt(12) == 0 ? text() : bytes("cam"), Bytes.wrap(value), Map.copyOf(headers));
  }

  private Map<String, Object> fields() {
    Map<String, Object> fields =
        fields(
            "cam",
            "frame",
            Map.of("site", "yard"),
            image(),
            random.nextInt(20) == 0 ? "file:/frames/a.jpg" : "");
    for (int changes = random.nextInt(4) - 1; changes > 0; changes--) {
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
          boolean fits = random.nextBoolean();
          fields.put("width", fits ? 30 : random.nextInt());
          fields.put("height", fits ? 20 : random.nextInt());
          fields.put("image", ByteBuffer.allocate(random.nextInt(20) == 0 ? size() : 30 * 20 * 3));
        }
        default -> fields.put("capturedAt", random.nextBoolean() ? random.nextLong() : micros());
      }
    }
    return fields;
  }

  /** Any picture, or a good one whole, or its beginning and then nothing but zeros. */
  private byte[] image() {
    return switch (random.nextInt(5)) {
      case 0 -> picture;
      case 1 -> Arrays.copyOf(picture, size());
      default -> pictures.get();
    };
  }

  private Map<Object, Object> attributes() {
    Map<Object, Object> attributes = new HashMap<>();
    int most = random.nextInt(20) == 0 ? 3_000 : 120;
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
            case 4 ->
                "ce_"
                    + (random.nextInt(4) == 0 ? "\uD800" : "")
                    + new String(
                        unicode(random.nextInt(20) == 0 ? size() : random.nextInt(9)), UTF_8);
            default -> "ce_" + i;
          };
      Bytes value = random.nextInt(4) == 0 ? text() : bytes("v".repeat(random.nextInt(150)));
      headers.put(name, value);
      left -= value.length() + name.length();
    }
  }

  private int size() {
    return random.nextInt(ONE_IS_LARGE) == 0
        ? LARGE[random.nextInt(LARGE.length)]
        : random.nextInt(4) == 0 ? random.nextInt(3_000) : SIZES[random.nextInt(SIZES.length)];
  }

  private Utf8 utf8() {
    return new Utf8(text().array());
  }

  /** About so many bytes: letters, any Unicode, bytes that are no UTF-8, surrogates alone. */
  private Bytes text() {
    int size = size();
    return Bytes.wrap(
        switch (random.nextInt(4)) {
          case 0 -> Arrays.copyOf(LETTERS, size);
          case 1 -> unicode(size);
          case 2 -> noise(size);
          default -> Arrays.copyOf(LONE, size);
        });
  }

  /** A part of {@link #UNICODE} that begins and ends between two characters. */
  private byte[] unicode(int size) {
    int from = random.nextInt(UNICODE.length - Math.min(size, UNICODE.length) + 1);
    int to = Math.min(UNICODE.length, from + size);
    while (from < to && isInside(from)) {
      from++;
    }
    while (to > from && isInside(to)) {
      to--;
    }
    return Arrays.copyOfRange(UNICODE, from, to);
  }

  private static boolean isInside(int at) {
    return at < UNICODE.length && (UNICODE[at] & 0xC0) == 0x80;
  }

  private byte[] noise(int size) {
    byte[] noise = new byte[Math.min(size, 1 << 16)];
    random.nextBytes(noise);
    return noise;
  }

  /** A surrogate alone, as some encoders write it: in three bytes. */
  private static byte[] lone() {
    byte[] lone = new byte[LARGEST];
    for (int i = 0; i < LARGEST; i++) {
      lone[i] = (byte) (i % 3 == 0 ? 0xED : i % 3 == 1 ? 0xA0 : 0x80);
    }
    return lone;
  }

  private static byte[] letters() {
    byte[] letters = new byte[LARGEST];
    Arrays.fill(letters, (byte) 'x');
    return letters;
  }

  private static byte[] characters(SplittableRandom random, int count) {
    StringBuilder text = new StringBuilder();
    while (text.length() < count) {
      switch (random.nextInt(3)) {
        case 0 -> text.append((char) random.nextInt(0x10000));
        case 1 -> text.appendCodePoint(random.nextInt(0x110000));
        default -> text.append("e\u0301");
      }
    }
    return text.toString().getBytes(UTF_8);
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
