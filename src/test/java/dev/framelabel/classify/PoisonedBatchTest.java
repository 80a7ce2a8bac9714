package dev.framelabel.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.batch.BatchPolicy;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.JpegBackend;
import dev.framelabel.image.Pictures;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.model.TestModels;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A damaged frame never changes the labels of those that share its batch. */
@Timeout(120)
class PoisonedBatchTest {
  private static final int TRIALS = 400;
  private static final int BATCH = 4;

  @Test
  void classify_damagedFrameInEachBatch_neighboursHaveTheLabelsThatTheyHaveAlone()
      throws Exception {
    byte[] good = Pictures.encode(Pictures.halves(40, 30, Color.RED, Color.GREEN), "jpeg");
    byte[] loud = Pictures.encode(Pictures.plain(64, 64, Color.WHITE), "jpeg");
    try (Classifier classifier = open()) {
      LabelledFrame alone = (LabelledFrame) get(classifier.classify(TestEvents.frame("a", good)));
      for (int trial = 0; trial < TRIALS; trial++) {
        Random random = new Random(trial);
        int place = random.nextInt(BATCH);
        List<CompletableFuture<Outcome>> results = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
          byte[] image = i == place ? damage(loud, random) : good;
          results.add(classifier.classify(TestEvents.frame("f" + i, image)));
        }
        for (int i = 0; i < BATCH; i++) {
          Outcome outcome = get(results.get(i));
          assertThat(outcome.frameId()).isEqualTo("f" + i);
          if (i != place) {
            assertThat(((LabelledFrame) outcome).labels())
                .as("seed %d", trial)
                .isEqualTo(alone.labels());
          }
        }
      }
    }
  }

  private static byte[] damage(byte[] whole, Random random) {
    byte[] damaged = whole.clone();
    for (int i = 0; i <= random.nextInt(12); i++) {
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return random.nextBoolean() ? damaged : Arrays.copyOf(damaged, random.nextInt(damaged.length));
  }

  private static Outcome get(CompletableFuture<Outcome> result) throws Exception {
    return result.get(20, TimeUnit.SECONDS);
  }

  private static Classifier open() {
    return Classifier.open(
        new ClassifierSettings(
            TestModels.colour(),
            SessionSettings.onCpu(BATCH),
            new BatchPolicy(BATCH, TimeUnit.MILLISECONDS.toNanos(2)),
            2,
            1,
            3,
            ImageLimits.DEFAULT,
            JpegBackend.AUTO));
  }
}
