package dev.framelabel.kafka.sink.commit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Serializer of a committable in a checkpoint: the connector's bytes, with its version, then ours.
 */
final class GuardedCommittableSerializer implements SimpleVersionedSerializer<GuardedCommittable> {
  private static final int VERSION = 1;

  private final SimpleVersionedSerializer<KafkaCommittable> kafka;

  GuardedCommittableSerializer(SimpleVersionedSerializer<KafkaCommittable> kafka) {
    this.kafka = kafka;
  }

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(GuardedCommittable committable) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      byte[] inner = kafka.serialize(committable.kafka());
      out.writeInt(kafka.getVersion());
      out.writeInt(inner.length);
      out.write(inner);
      committable.frames().write(out);
      out.writeLong(committable.begunMillis());
      out.writeUTF(committable.writer());
    }
    return bytes.toByteArray();
  }

  @Override
  public GuardedCommittable deserialize(int version, byte[] bytes) throws IOException {
    if (version != VERSION) {
      throw new IOException(
          ("the state of a transaction has format version %s; expected %s. Start the job with the"
                  + " release that took the checkpoint, or with a newer one")
              .formatted(version, VERSION));
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int innerVersion = in.readInt();
      byte[] inner = in.readNBytes(in.readInt());
      return new GuardedCommittable(
          kafka.deserialize(innerVersion, inner),
          FrameRanges.read(in),
          in.readLong(),
          in.readUTF());
    }
  }
}
