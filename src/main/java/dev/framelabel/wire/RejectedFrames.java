package dev.framelabel.wire;

import dev.framelabel.avro.OriginalContent;
import dev.framelabel.event.Bytes;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/** Codec of rejected frames in Kafka values. Not thread-safe. */
public final class RejectedFrames {
  private static final int KEPT_OF_TOO_LARGE = 64 << 10;

  private final int maxOriginalBytes;
  private final AvroCodec<dev.framelabel.avro.RejectedFrame> codec;

  /**
   * Creates a codec without a registry.
   *
   * @param maxOriginalBytes the largest original that is written whole; of a larger one its first
   *     64 KiB, its size and its sha256 are written, so that the record always fits its topic
   */
  public RejectedFrames(int maxOriginalBytes) {
    this(maxOriginalBytes, Optional.empty());
  }

  /**
   * Creates a codec that can use a schema registry.
   *
   * @param subject where the schema is registered, for the framings that need it
   */
  public RejectedFrames(int maxOriginalBytes, Optional<Subject> subject) {
    this.maxOriginalBytes = maxOriginalBytes;
    codec =
        new AvroCodec<>(
            new dev.framelabel.avro.RejectedFrame().getSpecificData(),
            dev.framelabel.avro.RejectedFrame.SCHEMA$,
            EarlierSchemas.REJECTED_FRAME,
            subject);
  }

  public byte[] write(RejectedFrame frame, OutputFormat framing) {
    Bytes original = frame.original();
    boolean whole = original.length() <= maxOriginalBytes;
    int kept = whole ? original.length() : Math.min(KEPT_OF_TOO_LARGE, maxOriginalBytes);
    return codec.write(
        new dev.framelabel.avro.RejectedFrame(
            dev.framelabel.avro.RejectionKind.valueOf(frame.kind().name()),
            frame.reason(),
            frame.cameraId(),
            frame.frameId(),
            frame.capturedAt().orElse(null),
            SourcePositions.toAvro(frame.source()),
            OriginalContent.valueOf(frame.content().name()),
            original.buffer().limit(kept),
            (long) original.length(),
            whole ? "" : sha256(original),
            frame.attributes()),
        framing);
  }

  /**
   * A rejected frame as a record holds it.
   *
   * @param frame with as much of its original as the record holds
   * @param originalBytes how long the original was
   */
  public record Stored(RejectedFrame frame, long originalBytes) {}

  /**
   * Reads a record's value; the original is what the record holds of it.
   *
   * @throws IOException if the bytes are no rejected frame
   */
  public RejectedFrame read(byte[] value) throws IOException {
    return readStored(value).frame();
  }

  /**
   * Reads a record's value, and how much it leaves out.
   *
   * @param value may be null, as Kafka's may
   * @throws IOException if the bytes are no rejected frame
   */
  public Stored readStored(byte[] value) throws IOException {
    if (value == null) {
      throw new IOException("the record has no value; expected an Avro RejectedFrame");
    }
    dev.framelabel.avro.RejectedFrame avro = codec.read(value);
    if (avro.getKind() == dev.framelabel.avro.RejectionKind.UNKNOWN) {
      throw new IOException("a rejected frame of a kind that this version does not know");
    }
    RejectedFrame frame =
        new RejectedFrame(
            RejectionKind.valueOf(avro.getKind().name()),
            avro.getReason(),
            avro.getCameraId(),
            avro.getFrameId(),
            Optional.ofNullable(avro.getCapturedAt()),
            SourcePositions.fromAvro(avro.getSource()),
            RejectedFrame.Content.valueOf(avro.getContent().name()),
            Bytes.wrap(avro.getOriginal()),
            avro.getAttributes(),
            Map.of());
    return new Stored(frame, avro.getOriginalSize());
  }

  private static String sha256(Bytes bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes.buffer());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
