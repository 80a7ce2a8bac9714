package dev.framelabel.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.Label;
import java.nio.FloatBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopLabelsTest {
  @Test
  void of_row_givesTheBestFirst() {
    FloatBuffer scores = FloatBuffer.wrap(new float[] {9, 9, 9, 0.1f, 0.7f, 0.2f});
    assertThat(new TopLabels(List.of("a", "b", "c"), 2).of(scores, 1))
        .containsExactly(new Label("b", 1, 0.7f), new Label("c", 2, 0.2f));
  }

  @Test
  void of_scoresOfAMultiLabelModel_givesTheBestFirstWhateverTheySumTo() {
    FloatBuffer scores = FloatBuffer.wrap(new float[] {0.9f, 0.4f, 1});
    assertThat(new TopLabels(List.of("a", "b", "c"), 2).of(scores, 0))
        .containsExactly(new Label("c", 2, 1), new Label("a", 0, 0.9f));
  }

  @Test
  void of_moreWantedThanClasses_givesAll() {
    FloatBuffer scores = FloatBuffer.wrap(new float[] {0.25f, 0.75f});
    assertThat(new TopLabels(List.of("a", "b"), 9).of(scores, 0)).hasSize(2);
  }

  @Test
  void of_equalScores_lowerIndexFirst() {
    FloatBuffer scores = FloatBuffer.wrap(new float[] {0.2f, 0.4f, 0.4f});
    assertThat(new TopLabels(List.of("a", "b", "c"), 3).of(scores, 0))
        .extracting(Label::classIndex)
        .containsExactly(1, 2, 0);
  }

  @Test
  void of_randomScores_agreesWithSorting() {
    Random random = new Random(3);
    List<String> names = IntStream.range(0, 50).mapToObj(i -> "c" + i).toList();
    for (int trial = 0; trial < 200; trial++) {
      float[] scores = new float[50];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = random.nextInt(20) / 20f;
      }
      List<Integer> expected =
          IntStream.range(0, 50)
              .boxed()
              .sorted(Comparator.comparing((Integer i) -> -scores[i]))
              .limit(5)
              .toList();
      assertThat(new TopLabels(names, 5).of(FloatBuffer.wrap(scores), 0))
          .extracting(Label::classIndex)
          .containsExactlyElementsOf(expected);
    }
  }
}
