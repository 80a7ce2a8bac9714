package dev.framelabel.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.event.Bytes;
import dev.framelabel.kafka.source.IncomingRecords;
import dev.framelabel.wire.IncomingFrame;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class FetchedValuesTest {
  private static final byte[] FETCHED = {9, 9, 1, 2, 3, 9};

  private final FetchedValues values = new FetchedValues();
  private final RecordHeaders headers = new RecordHeaders();

  @Test
  void of_partOfWhatWasFetched_isThatPartAndNoCopy() {
    Bytes value = value(fetched(ByteBuffer.wrap(FETCHED, 2, 3)));
    assertThat(value.buffer().array()).isSameAs(FETCHED);
    assertThat(value.array()).containsExactly(1, 2, 3);
    assertThat(value.heldLength()).isEqualTo(3);
  }

  @Test
  void of_slice_isThatPart() {
    ByteBuffer slice = ByteBuffer.wrap(FETCHED, 1, 4).slice().position(1).limit(4);
    assertThat(value(fetched(slice)).array()).containsExactly(1, 2, 3);
  }

  @Test
  void of_memoryOutsideOfTheHeap_isACopy() {
    ByteBuffer direct = ByteBuffer.allocateDirect(3).put(new byte[] {1, 2, 3}).flip();
    assertThat(value(fetched(direct)).array()).containsExactly(1, 2, 3);
    assertThat(value(fetched(direct.asReadOnlyBuffer())).array()).containsExactly(1, 2, 3);
  }

  @Test
  void of_recordOfAnotherDeserializer_isItsValue() {
    assertThat(FetchedValues.of(headers, FETCHED).array()).isSameAs(FETCHED);
    assertThat(FetchedValues.of(headers, null)).isSameAs(Bytes.EMPTY);
    assertThat(values.deserialize("frames", FETCHED)).isSameAs(FETCHED);
  }

  /** A user's headers stay, whatever their names; the value is none of them. */
  @Test
  void frame_headersOfTheRecord_areThoseAndNoMore() {
    headers.add("value", new byte[] {7});
    headers.add("ce_id", new byte[] {8});
    IncomingFrame frame = IncomingRecords.frame(fetched(ByteBuffer.wrap(FETCHED, 2, 3)));
    assertThat(frame.value().array()).containsExactly(1, 2, 3);
    assertThat(frame.headers()).containsOnlyKeys("value", "ce_id");
    assertThat(frame.headers().get("value").array()).containsExactly(7);
  }

  @Test
  void of_valueThatAnInterceptorPutInItsPlace_isThat() {
    ConsumerRecord<byte[], byte[]> entry = fetched(ByteBuffer.wrap(FETCHED, 2, 3));
    assertThat(FetchedValues.of(entry.headers(), new byte[] {4}).array()).containsExactly(4);
    assertThat(FetchedValues.of(entry.headers(), new byte[0])).isSameAs(Bytes.EMPTY);
  }

  /** An interceptor that drops headers would have every frame rejected: the job must fail. */
  @Test
  void of_headersTakenAway_fails() {
    byte[] own = fetched(ByteBuffer.wrap(FETCHED, 2, 3)).value();
    assertThatThrownBy(() -> FetchedValues.of(headers, own))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("interceptor.classes");
  }

  /** For an interceptor or a log that looks at all headers. */
  @Test
  void header_ofTheValue_givesItsBytes() {
    Header header = fetched(ByteBuffer.wrap(FETCHED, 2, 3)).headers().lastHeader("value");
    assertThat(header.value()).containsExactly(1, 2, 3);
  }

  private static Bytes value(ConsumerRecord<byte[], byte[]> entry) {
    return FetchedValues.of(entry.headers(), entry.value());
  }

  private ConsumerRecord<byte[], byte[]> fetched(ByteBuffer value) {
    RecordHeaders own = new RecordHeaders(headers.toArray());
    int length = value.remaining();
    byte[] given = values.deserialize("frames", own, value);
    return new ConsumerRecord<>(
        "frames",
        0,
        0,
        0,
        TimestampType.CREATE_TIME,
        0,
        length,
        null,
        given,
        own,
        Optional.empty());
  }
}
