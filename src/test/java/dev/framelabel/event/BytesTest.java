package dev.framelabel.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class BytesTest {
  private static final byte[] WHOLE = {9, 1, 2, 3, 9};

  private final Bytes part = Bytes.wrap(ByteBuffer.wrap(WHOLE, 1, 3));

  @Test
  void wrap_buffer_isAPartOfTheSameArray() {
    assertThat(part.buffer().array()).isSameAs(WHOLE);
    assertThat(part.buffer().arrayOffset()).isEqualTo(1);
    assertThat(part.buffer()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    assertThat(part.length()).isEqualTo(3);
    assertThat(part.heldLength()).isEqualTo(WHOLE.length);
    assertThat(part).hasToString("3 bytes");
    assertThat(Bytes.wrap(part.buffer().position(1)).array()).containsExactly(2, 3);
  }

  @Test
  void array_ofAll_isTheArrayAndOfAPartACopy() {
    assertThat(Bytes.wrap(WHOLE).array()).isSameAs(WHOLE);
    assertThat(part.array()).containsExactly(1, 2, 3);
  }

  @Test
  void equals_partAndCopy_areEqual() {
    Bytes copy = Bytes.wrap(part.array());
    assertThat(part).isEqualTo(copy).hasSameHashCodeAs(copy);
    assertThat(part).isNotEqualTo(Bytes.wrap(WHOLE));
  }

  @Test
  void writeTo_part_writesNoMore() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    part.writeTo(new DataOutputStream(out));
    assertThat(out.toByteArray()).containsExactly(1, 2, 3);
  }

  @Test
  void wrap_nothing_keepsNoArray() {
    assertThat(Bytes.wrap(ByteBuffer.wrap(WHOLE, 1, 0))).isSameAs(Bytes.EMPTY);
  }

  @Test
  void share_part_holdsNoMoreThanThat() {
    Bytes shared = Bytes.share(ByteBuffer.wrap(WHOLE, 1, 3));
    assertThat(shared).isEqualTo(part);
    assertThat(shared.buffer().array()).isSameAs(WHOLE);
    assertThat(shared.heldLength()).isEqualTo(3);
    assertThat(Bytes.share(ByteBuffer.wrap(WHOLE, 1, 0))).isSameAs(Bytes.EMPTY);
  }

  @Test
  void within_partOfThese_holdsWhatTheseHold() {
    Bytes shared = Bytes.share(ByteBuffer.wrap(WHOLE, 1, 3));
    Bytes inner = shared.within(ByteBuffer.wrap(WHOLE, 2, 1));
    assertThat(inner.array()).containsExactly(2);
    assertThat(inner.heldLength()).isEqualTo(3);
    Bytes elsewhere = shared.within(ByteBuffer.wrap(new byte[] {5, 6}, 1, 1));
    assertThat(elsewhere.array()).containsExactly(6);
    assertThat(elsewhere.heldLength()).isEqualTo(2);
    assertThat(shared.within(ByteBuffer.allocate(0))).isSameAs(Bytes.EMPTY);
  }
}
