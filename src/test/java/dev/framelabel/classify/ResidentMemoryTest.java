package dev.framelabel.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ResidentMemoryTest {
  private static final int SIZE = 128 << 20;

  @Test
  void bytes_memoryOutsideOfTheHeapTouched_growByAsMuch() {
    assumeTrue(Files.exists(Path.of("/proc/self/status")), "no /proc: nothing is told");
    long all = ResidentMemory.bytes();
    long anonymous = ResidentMemory.anonymousBytes();
    assertThat(anonymous).isPositive().isLessThanOrEqualTo(all);
    ByteBuffer memory = ByteBuffer.allocateDirect(SIZE);
    for (int i = 0; i < SIZE; i += 4096) {
      memory.put(i, (byte) 1);
    }
    assertThat(ResidentMemory.anonymousBytes() - anonymous).isGreaterThan(SIZE / 4 * 3);
    assertThat(ResidentMemory.bytes() - all).isGreaterThan(SIZE / 4 * 3);
    assertThat(memory.get(0)).isEqualTo((byte) 1);
  }
}
