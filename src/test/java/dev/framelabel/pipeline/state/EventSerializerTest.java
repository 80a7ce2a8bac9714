package dev.framelabel.pipeline.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.TestEvents;
import dev.framelabel.wire.ImageEvents;
import dev.framelabel.wire.OutputFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventSerializerTest {
  private final EventSerializer<Object> serializer = new EventSerializer<>();

  @Test
  void serialize_everyKindOfEvent_comesBackEqual() throws Exception {
    for (Object event :
        List.of(
            TestEvents.frame(),
            TestEvents.frame("f", new byte[200_000]),
            TestEvents.traced(),
            TestEvents.traced().reject(RejectionKind.CORRUPT_IMAGE, "cut"),
            TestEvents.labelled(),
            TestEvents.rejected(),
            TestEvents.unreadable())) {
      assertThat(deserialize(serialize(event))).isEqualTo(event);
    }
  }

  @Test
  void serialize_imageThatIsAPartOfItsRecord_writesTheSameBytes() throws Exception {
    byte[] value = new ImageEvents().write(TestEvents.frame(), OutputFormat.PLAIN);
    Object read =
        new ImageEvents().read(value, TestEvents.SOURCE, TestEvents.CAPTURED.plusSeconds(1));
    assertThat(serialize(read)).hasSameSizeAs(serialize(TestEvents.frame()));
    assertThat(deserialize(serialize(read))).isEqualTo(TestEvents.frame());
  }

  @Test
  void copy_event_isTheEventItself() {
    Object frame = TestEvents.frame();
    assertThat(serializer.copy(frame)).isSameAs(frame);
  }

  /** Frames in flight are in every checkpoint: what earlier versions wrote must stay readable. */
  @ParameterizedTest
  @ValueSource(ints = {1})
  void deserialize_bytesOfThatVersion_areReadStill(int version) throws Exception {
    Path sample = Path.of("src/test/resources/state/frame-" + version + ".bin");
    assertThat(deserialize(Files.readAllBytes(sample))).isEqualTo(TestEvents.frame());
  }

  @Test
  void snapshot_ofANewerVersion_isRefusedInWords() {
    TypeSerializerSnapshot<FrameEvent> snapshot = new EventSerializer.Snapshot<>();
    assertThatThrownBy(
            () ->
                snapshot.readSnapshot(
                    99, new DataInputDeserializer(new byte[0]), getClass().getClassLoader()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a newer Framelabel wrote it");
  }

  @Test
  void snapshot_ofThisVersion_isCompatible() {
    TypeSerializerSnapshot<Object> snapshot = serializer.snapshotConfiguration();
    assertThat(
            snapshot
                .resolveSchemaCompatibility(serializer.snapshotConfiguration())
                .isCompatibleAsIs())
        .isTrue();
  }

  private byte[] serialize(Object event) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(event, out);
    return out.getCopyOfBuffer();
  }

  private Object deserialize(byte[] bytes) throws IOException {
    return serializer.deserialize(new DataInputDeserializer(bytes));
  }
}
