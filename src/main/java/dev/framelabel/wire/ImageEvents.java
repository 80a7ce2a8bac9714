package dev.framelabel.wire;

import dev.framelabel.avro.ImageEvent;
import dev.framelabel.avro.ImageFormat;
import dev.framelabel.event.Bytes;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Image;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.SourcePosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Codec of frames in the image events of Kafka records. Not thread-safe. */
public final class ImageEvents {
  private static final String EXPECTED =
      "; expected an Avro ImageEvent or a bare JPEG, PNG or WebP: see"
          + " docs/reference/record-formats.md, section 'Wire formats'";

  private final AvroCodec<ImageEvent> codec;
  private final InputFormat wire;

  /** Creates a codec for every framing that needs no registry. */
  public ImageEvents() {
    this(InputFormat.AUTO, Optional.empty());
  }

  /**
   * Creates a codec that takes the given formats only.
   *
   * @param wire which values are taken as frames
   * @param subject the registry of the frames' schemas, where there is one
   */
  public ImageEvents(InputFormat wire, Optional<Subject> subject) {
    this.wire = wire;
    this.codec =
        new AvroCodec<>(
            new ImageEvent().getSpecificData(),
            ImageEvent.SCHEMA$,
            EarlierSchemas.IMAGE_EVENT,
            subject);
  }

  /**
   * Reads a record's value as {@link #read(IncomingFrame, Instant)} does.
   *
   * @param value may be null, as Kafka's may
   */
  public FrameEvent read(byte[] value, SourcePosition source, Instant now) {
    return read(
        new IncomingFrame(Bytes.EMPTY, Bytes.ofNullable(value), Map.of(), now, source), now);
  }

  /**
   * Reads a record. Never throws for what the record holds: what cannot be read comes out as
   * rejected.
   *
   * @param now the time against which capture times are checked
   * @throws RegistryException if the registry, where it has to be asked, does not answer
   */
  public FrameEvent read(IncomingFrame incoming, Instant now) {
    Map<String, String> carried = CarriedHeaders.of(incoming.headers());
    int length = incoming.value().length();
    if (length == 0) {
      return rejected(
          RejectionKind.UNREADABLE_EVENT,
          "the record has no value; expected an Avro ImageEvent",
          incoming,
          carried);
    }
    Envelope envelope = envelope(incoming);
    if (!wire.takes(envelope.kind())) {
      String foreign = foreign(incoming.value(), envelope);
      return rejected(
          RejectionKind.UNREADABLE_EVENT,
          "the record of %d bytes %s; expected %s"
              .formatted(length, foreign.isEmpty() ? "is " + envelope.kind() : foreign, wire),
          incoming,
          carried);
    }
    FrameEvent event =
        envelope.kind() == Envelope.Kind.IMAGE
            ? BareImages.read(incoming, carried)
            : readAvro(incoming, envelope, carried);
    return event instanceof Frame frame ? checked(frame, now, incoming, carried) : event;
  }

  /** Tells a WebP file from an event by reading it as an event first. */
  private Envelope envelope(IncomingFrame incoming) {
    ByteBuffer value = incoming.value().buffer();
    Envelope envelope = Envelope.of(value, incoming.headers());
    boolean webp =
        envelope.kind() == Envelope.Kind.PLAIN
            && Envelope.isWebp(value)
            && !isReadable(incoming.value(), envelope);
    return webp ? new Envelope(Envelope.Kind.IMAGE, Optional.empty(), 0) : envelope;
  }

  /** Returns words for a value in a format of others; empty where it is not recognised. */
  private static String foreign(Bytes value, Envelope envelope) {
    boolean looked = envelope.kind() == Envelope.Kind.PLAIN || envelope.schema().isPresent();
    ByteBuffer body = value.buffer();
    body.position(Math.min(envelope.bodyAt(), body.limit()));
    String found = looked ? ForeignFormat.of(body) : "";
    return found.isEmpty()
        ? ""
        : "looks like " + found + envelope.schema().map(id -> " behind schema " + id).orElse("");
  }

  private FrameEvent readAvro(
      IncomingFrame incoming, Envelope envelope, Map<String, String> carried) {
    Bytes value = incoming.value();
    try {
      if (envelope.schema().isPresent() && !codec.hasRegistry()) {
        throw new IOException(
            "it has schema %s, and no --registry is set to look it up"
                .formatted(envelope.schema().get()));
      }
      ImageEvent event = codec.read(value.buffer(), envelope);
      String fault = ImageEventRules.fault(event);
      return fault.isEmpty()
          ? frame(event, incoming, carried)
          : rejected(RejectionKind.INVALID_EVENT, fault, incoming, carried);
    } catch (IOException e) {
      String foreign = foreign(value, envelope);
      return rejected(
          RejectionKind.UNREADABLE_EVENT,
          "the record of %d bytes %s"
              .formatted(
                  value.length(),
                  foreign.isEmpty()
                      ? "is no Avro ImageEvent: " + e.getMessage()
                      : foreign + EXPECTED),
          incoming,
          carried);
    }
  }

  /**
   * Returns whether a value says by itself how it is to be read. A bare image takes its camera from
   * key and headers; a header may name the schema of Avro that cannot be read with ours.
   */
  public boolean standsAlone(Bytes value) {
    Envelope envelope = Envelope.of(value.buffer(), Map.of());
    return switch (envelope.kind()) {
      case SINGLE_OBJECT, CONFLUENT, APICURIO -> true;
      case IMAGE -> false;
      case PLAIN -> isReadable(value, envelope);
    };
  }

  private boolean isReadable(Bytes value, Envelope envelope) {
    try {
      ImageEvent ignored = codec.read(value.buffer(), envelope);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static FrameEvent checked(
      Frame frame, Instant now, IncomingFrame incoming, Map<String, String> carried) {
    String fault = ImageEventRules.timeFault(frame.capturedAt(), now);
    if (!fault.isEmpty()) {
      return rejected(RejectionKind.INVALID_EVENT, fault, incoming, carried);
    }
    fault = ImageEventRules.sizeFault(frame);
    if (fault.isEmpty()) {
      fault = CarriedHeaders.fault(incoming.headers());
    }
    return fault.isEmpty() ? frame : tooLarge(frame, fault, incoming);
  }

  /** Rejects a frame for a size, not for its ids: they tell which sender it is. */
  private static RejectedFrame tooLarge(Frame frame, String fault, IncomingFrame incoming) {
    return new RejectedFrame(
        RejectionKind.INVALID_EVENT,
        fault + ". Send less, or send it elsewhere and its place here",
        frame.cameraId(),
        frame.frameId(),
        Optional.of(frame.capturedAt()),
        incoming.source(),
        RejectedFrame.Content.EVENT,
        incoming.value(),
        Map.of(),
        frame.headers());
  }

  private static RejectedFrame rejected(
      RejectionKind kind, String reason, IncomingFrame incoming, Map<String, String> carried) {
    return RejectedFrame.ofRecord(kind, reason, incoming.source(), incoming.value(), carried);
  }

  private static Frame frame(
      ImageEvent event, IncomingFrame incoming, Map<String, String> headers) {
    Image image =
        event.getImageUri().isEmpty()
            ? new Image(
                Image.Format.valueOf(event.getFormat().name()),
                Bytes.wrap(event.getImage()),
                event.getWidth(),
                event.getHeight())
            : Image.reference(event.getImageUri());
    return new Frame(
        event.getCameraId(),
        event.getFrameId(),
        event.getCapturedAt(),
        image,
        event.getAttributes(),
        incoming.source(),
        headers);
  }

  /** Writes an event of this frame; its source position and its headers are Kafka's to give. */
  public byte[] write(Frame frame, OutputFormat framing) {
    Image image = frame.image();
    boolean elsewhere = image.format() == Image.Format.REFERENCE;
    return codec.write(
        new ImageEvent(
            frame.cameraId(),
            frame.frameId(),
            frame.capturedAt(),
            elsewhere ? ImageFormat.ENCODED : ImageFormat.valueOf(image.format().name()),
            image.width(),
            image.height(),
            frame.attributes(),
            elsewhere ? ByteBuffer.allocate(0) : image.bytes().buffer(),
            elsewhere ? image.uri() : ""),
        framing);
  }
}
