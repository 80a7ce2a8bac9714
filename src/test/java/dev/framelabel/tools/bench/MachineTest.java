package dev.framelabel.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class MachineTest {
  private static final String XEON =
      """
      processor\t: 0
      vendor_id\t: GenuineIntel
      model name\t: Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz
      flags\t\t: fpu sse4_2 avx avx2 avx512f avx_vnni avx512_bf16 avx512_vnni amx_bf16 amx_tile amx_int8
      bugs\t\t: spectre_v1

      processor\t: 1
      model name\t: Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz
      flags\t\t: fpu sse4_2 avx avx2
      """;

  private static final String OLD =
      """
      model name\t: Some old processor
      flags\t\t: fpu sse4_2 avx avx2x
      """;

  private static final String GRAVITON =
      """
      processor\t: 0
      Features\t: fp asimd evtstrm aes asimddp sve i8mm bf16
      CPU part\t: 0xd40
      """;

  @Test
  void of_xeon_namesModelAndInstructionSets() {
    Machine machine = Machine.of(XEON, Optional.of("NVIDIA L4"));
    assertThat(machine.description())
        .startsWith("Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz, ")
        .contains(" cores, NVIDIA L4, ");
    assertThat(machine.instructionSets())
        .containsExactly(
            "avx2",
            "avx_vnni",
            "avx512f",
            "avx512_vnni",
            "avx512_bf16",
            "amx_tile",
            "amx_int8",
            "amx_bf16");
    assertThat(machine.toString()).contains("; instruction sets: avx2 avx_vnni avx512f ");
  }

  @Test
  void of_arm_readsItsFeatures() {
    Machine machine = Machine.of(GRAVITON, Optional.empty());
    assertThat(machine.instructionSets()).containsExactly("neon", "dotprod", "i8mm", "bf16", "sve");
    assertThat(machine.description()).startsWith(System.getProperty("os.arch"));
  }

  @Test
  void of_processorWithoutAny_saysNone() {
    assertThat(Machine.of(OLD, Optional.empty()).toString())
        .contains("; instruction sets: none of [avx2, ");
  }

  @Test
  void of_systemThatDoesNotSay_isUnknown() {
    assertThat(Machine.of("", Optional.empty()).toString()).endsWith("; instruction sets: unknown");
  }
}
