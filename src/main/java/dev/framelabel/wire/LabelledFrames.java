package dev.framelabel.wire;

import dev.framelabel.event.Label;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.ModelIdentity;
import dev.framelabel.event.Timings;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Codec of labelled frames in Kafka values. Not thread-safe. */
public final class LabelledFrames {
  private final AvroCodec<dev.framelabel.avro.LabelledFrame> codec;

  /** Creates a codec for the framings that need no registry. */
  public LabelledFrames() {
    this(Optional.empty());
  }

  /**
   * Creates a codec that can use a schema registry.
   *
   * @param subject where the schema is registered, for the framings that need it
   */
  public LabelledFrames(Optional<Subject> subject) {
    codec =
        new AvroCodec<>(
            new dev.framelabel.avro.LabelledFrame().getSpecificData(),
            dev.framelabel.avro.LabelledFrame.SCHEMA$,
            List.of(),
            subject);
  }

  public byte[] write(LabelledFrame frame, OutputFormat framing) {
    return codec.write(toAvro(frame), framing);
  }

  /** Returns the frame as one line of JSON, with the names of the schema; times in ISO 8601. */
  public static String toJson(LabelledFrame frame) {
    return toAvro(frame).toString();
  }

  private static dev.framelabel.avro.LabelledFrame toAvro(LabelledFrame frame) {
    return new dev.framelabel.avro.LabelledFrame(
        frame.cameraId(),
        frame.frameId(),
        frame.capturedAt(),
        frame.labelledAt(),
        frame.labels().stream().map(LabelledFrames::toAvro).toList(),
        new dev.framelabel.avro.Model(
            frame.model().name(), frame.model().version(), frame.model().sha256()),
        SourcePositions.toAvro(frame.source()),
        new dev.framelabel.avro.Timings(
            frame.timings().decodeMicros(),
            frame.timings().queueMicros(),
            frame.timings().inferenceMicros(),
            frame.timings().batchSize()),
        frame.attributes());
  }

  /**
   * Reads a record's value.
   *
   * @throws IOException if the bytes are no labelled frame
   */
  public LabelledFrame read(byte[] value) throws IOException {
    dev.framelabel.avro.LabelledFrame avro = codec.read(value);
    return new LabelledFrame(
        avro.getCameraId(),
        avro.getFrameId(),
        avro.getCapturedAt(),
        avro.getLabelledAt(),
        avro.getLabels().stream().map(LabelledFrames::fromAvro).toList(),
        new ModelIdentity(
            avro.getModel().getName(), avro.getModel().getVersion(), avro.getModel().getSha256()),
        SourcePositions.fromAvro(avro.getSource()),
        new Timings(
            avro.getTimings().getDecodeMicros(),
            avro.getTimings().getQueueMicros(),
            avro.getTimings().getInferenceMicros(),
            avro.getTimings().getBatchSize()),
        avro.getAttributes(),
        Map.of());
  }

  private static dev.framelabel.avro.Label toAvro(Label label) {
    return new dev.framelabel.avro.Label(label.label(), label.classIndex(), label.score());
  }

  private static Label fromAvro(dev.framelabel.avro.Label label) {
    return new Label(label.getLabel(), label.getClassIndex(), label.getScore());
  }
}
