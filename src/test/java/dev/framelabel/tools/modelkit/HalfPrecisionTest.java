package dev.framelabel.tools.modelkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HalfPrecisionTest {
  @TempDir private Path folder;

  @Test
  void inHalfPrecision_trainedNetwork_staysNearTheReference() throws IOException {
    Xception imported = Xception.fromKeras(Vectors.unpack("keras-eighth.h5", folder));
    ModelFile half = imported.toModel(79, Vectors.metadata()).inHalfPrecision();
    float[][] found = Vectors.probabilities(Vectors.save(half, folder));
    float[][] expected = Vectors.expected("keras-expected.json", "keras-eighth", 79);
    assertThat(Vectors.largestDifference(found, expected)).isGreaterThan(1e-7).isLessThan(1e-2);
    assertThat(Vectors.best(found)).isEqualTo(Vectors.best(expected));
    assertThat(half.facts().precision()).isEqualTo("fp16");
    assertThat(half.facts().inputs()).containsExactly("frames: uint8 [N, 79, 79, 3]");
    assertThat(half.facts().outputs()).containsExactly("probabilities: float32 [N, 10]");
    assertThat(half.bytes()).isLessThan(imported.toModel(79, Vectors.metadata()).bytes() * 6 / 10);
  }
}
