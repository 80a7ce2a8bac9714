package dev.framelabel.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.model.OnnxLabelModel;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SimulatedLabelModelTest {
  @Test
  void label_stepsHandedOverAtOnce_takeTheDeviceOneAfterTheOther() {
    try (SimulatedLabelModel model =
        new SimulatedAccelerator(8, 2, Duration.ofMillis(10), Duration.ofMillis(5)).open()) {
      long begun = System.nanoTime();
      List<CompletableFuture<Void>> steps =
          Stream.generate(() -> CompletableFuture.runAsync(() -> step(model))).limit(4).toList();
      steps.forEach(CompletableFuture::join);
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .isGreaterThanOrEqualTo(Duration.ofMillis(4 * (10 + 2 * 5)));
    }
  }

  private static void step(SimulatedLabelModel model) {
    FloatBuffer probabilities = OnnxLabelModel.newProbabilities(2, 2);
    model.label(ByteBuffer.allocateDirect(2 * model.metadata().frameBytes()), 2, probabilities);
    assertThat(probabilities.get(2)).isEqualTo(1);
  }
}
