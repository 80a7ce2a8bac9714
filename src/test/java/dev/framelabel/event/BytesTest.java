package dev.framelabel.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class BytesTest {
  private static final byte[] WHOLE = {9, 1, 2, 3, 9};

  @Test
  void wrap_array_isThatArray() {
    Bytes bytes = Bytes.wrap(WHOLE);
    assertThat(bytes.array()).isSameAs(WHOLE);
    assertThat(bytes.buffer().array()).isSameAs(WHOLE);
    assertThat(bytes.length()).isEqualTo(5);
    assertThat(bytes).hasToString("5 bytes");
  }

  @Test
  void wrap_bufferOfAWholeArray_isThatArray() {
    assertThat(Bytes.wrap(ByteBuffer.wrap(WHOLE)).array()).isSameAs(WHOLE);
  }

  @Test
  void wrap_bufferOfAPart_isACopyOfThePart() {
    Bytes part = Bytes.wrap(ByteBuffer.wrap(WHOLE, 1, 3));
    assertThat(part.array()).containsExactly(1, 2, 3);
    assertThat(Bytes.wrap(ByteBuffer.wrap(WHOLE, 1, 3).slice()).array()).containsExactly(1, 2, 3);
    assertThat(part).isEqualTo(Bytes.wrap(new byte[] {1, 2, 3})).hasSameHashCodeAs(part);
    assertThat(part).isNotEqualTo(Bytes.wrap(WHOLE));
  }

  @Test
  void wrap_nothing_isEmpty() {
    assertThat(Bytes.wrap(ByteBuffer.wrap(WHOLE, 1, 0))).isSameAs(Bytes.EMPTY);
    assertThat(Bytes.wrap(new byte[0])).isSameAs(Bytes.EMPTY);
    assertThat(Bytes.ofNullable(null)).isSameAs(Bytes.EMPTY);
  }
}
