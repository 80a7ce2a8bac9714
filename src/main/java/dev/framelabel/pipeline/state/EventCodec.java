package dev.framelabel.pipeline.state;

import dev.framelabel.event.Bytes;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.Label;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.ModelIdentity;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.event.Timings;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/**
 * Codec of events for Flink's state and for the network between its tasks. In-flight frames are in
 * every checkpoint: a change of this format needs a new {@link #VERSION}, and code that still reads
 * the versions before.
 */
final class EventCodec {
  static final int VERSION = 1;

  private static final int FRAME = 1;
  private static final int LABELLED = 2;
  private static final int REJECTED = 3;

  private EventCodec() {}

  static void write(Object event, DataOutputView out) throws IOException {
    if (event instanceof Frame frame) {
      out.writeByte(FRAME);
      writeFrame(frame, out);
    } else if (event instanceof LabelledFrame labelled) {
      out.writeByte(LABELLED);
      writeLabelled(labelled, out);
    } else if (event instanceof RejectedFrame rejected) {
      out.writeByte(REJECTED);
      writeRejected(rejected, out);
    } else {
      throw new IllegalArgumentException("no event: " + event);
    }
  }

  static Object read(DataInputView in) throws IOException {
    int type = in.readByte();
    return switch (type) {
      case FRAME -> readFrame(in);
      case LABELLED -> readLabelled(in);
      case REJECTED -> readRejected(in);
      default -> throw new IOException("Corrupt state: event type " + type + "; expected 1 to 3");
    };
  }

  private static void writeFrame(Frame frame, DataOutputView out) throws IOException {
    writeString(frame.cameraId(), out);
    writeString(frame.frameId(), out);
    writeInstant(frame.capturedAt(), out);
    writeString(frame.image().format().name(), out);
    writeBytes(frame.image().bytes(), out);
    out.writeInt(frame.image().width());
    out.writeInt(frame.image().height());
    writeAttributes(frame.attributes(), out);
    writeSource(frame.source(), out);
    writeAttributes(frame.headers(), out);
  }

  private static Frame readFrame(DataInputView in) throws IOException {
    return new Frame(
        readString(in),
        readString(in),
        readInstant(in),
        new Image(Image.Format.valueOf(readString(in)), readBytes(in), in.readInt(), in.readInt()),
        readAttributes(in),
        readSource(in),
        readAttributes(in));
  }

  private static void writeLabelled(LabelledFrame frame, DataOutputView out) throws IOException {
    writeString(frame.cameraId(), out);
    writeString(frame.frameId(), out);
    writeInstant(frame.capturedAt(), out);
    writeInstant(frame.labelledAt(), out);
    out.writeInt(frame.labels().size());
    for (Label label : frame.labels()) {
      writeString(label.label(), out);
      out.writeInt(label.classIndex());
      out.writeFloat(label.score());
    }
    writeString(frame.model().name(), out);
    writeString(frame.model().version(), out);
    writeString(frame.model().sha256(), out);
    writeSource(frame.source(), out);
    out.writeLong(frame.timings().decodeMicros());
    out.writeLong(frame.timings().queueMicros());
    out.writeLong(frame.timings().inferenceMicros());
    out.writeInt(frame.timings().batchSize());
    writeAttributes(frame.attributes(), out);
    writeAttributes(frame.headers(), out);
  }

  private static LabelledFrame readLabelled(DataInputView in) throws IOException {
    return new LabelledFrame(
        readString(in),
        readString(in),
        readInstant(in),
        readInstant(in),
        readLabels(in),
        new ModelIdentity(readString(in), readString(in), readString(in)),
        readSource(in),
        new Timings(in.readLong(), in.readLong(), in.readLong(), in.readInt()),
        readAttributes(in),
        readAttributes(in));
  }

  private static List<Label> readLabels(DataInputView in) throws IOException {
    int count = in.readInt();
    List<Label> labels = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      labels.add(new Label(readString(in), in.readInt(), in.readFloat()));
    }
    return labels;
  }

  private static void writeRejected(RejectedFrame frame, DataOutputView out) throws IOException {
    writeString(frame.kind().name(), out);
    writeString(frame.reason(), out);
    writeString(frame.cameraId(), out);
    writeString(frame.frameId(), out);
    out.writeBoolean(frame.capturedAt().isPresent());
    writeInstant(frame.capturedAt().orElse(Instant.EPOCH), out);
    writeSource(frame.source(), out);
    writeString(frame.content().name(), out);
    writeBytes(frame.original(), out);
    writeAttributes(frame.attributes(), out);
    writeAttributes(frame.headers(), out);
  }

  private static RejectedFrame readRejected(DataInputView in) throws IOException {
    return new RejectedFrame(
        RejectionKind.valueOf(readString(in)),
        readString(in),
        readString(in),
        readString(in),
        readOptionalInstant(in),
        readSource(in),
        RejectedFrame.Content.valueOf(readString(in)),
        readBytes(in),
        readAttributes(in),
        readAttributes(in));
  }

  private static Optional<Instant> readOptionalInstant(DataInputView in) throws IOException {
    boolean present = in.readBoolean();
    Instant instant = readInstant(in);
    return present ? Optional.of(instant) : Optional.empty();
  }

  private static void writeString(String text, DataOutputView out) throws IOException {
    StringValue.writeString(text, out);
  }

  private static String readString(DataInputView in) throws IOException {
    return StringValue.readString(in);
  }

  private static void writeInstant(Instant instant, DataOutputView out) throws IOException {
    out.writeLong(instant.getEpochSecond());
    out.writeInt(instant.getNano());
  }

  private static Instant readInstant(DataInputView in) throws IOException {
    return Instant.ofEpochSecond(in.readLong(), in.readInt());
  }

  private static void writeBytes(Bytes bytes, DataOutputView out) throws IOException {
    out.writeInt(bytes.length());
    out.write(bytes.array());
  }

  private static Bytes readBytes(DataInputView in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return Bytes.wrap(bytes);
  }

  private static void writeAttributes(Map<String, String> attributes, DataOutputView out)
      throws IOException {
    out.writeInt(attributes.size());
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      writeString(attribute.getKey(), out);
      writeString(attribute.getValue(), out);
    }
  }

  private static Map<String, String> readAttributes(DataInputView in) throws IOException {
    int count = in.readInt();
    Map<String, String> attributes = new HashMap<>();
    for (int i = 0; i < count; i++) {
      attributes.put(readString(in), readString(in));
    }
    return attributes;
  }

  private static void writeSource(SourcePosition source, DataOutputView out) throws IOException {
    writeString(source.topic(), out);
    out.writeInt(source.partition());
    out.writeLong(source.offset());
  }

  private static SourcePosition readSource(DataInputView in) throws IOException {
    return new SourcePosition(readString(in), in.readInt(), in.readLong());
  }
}
