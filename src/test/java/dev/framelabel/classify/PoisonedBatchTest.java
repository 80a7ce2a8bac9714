package dev.framelabel.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.batch.BatchPolicy;
import dev.framelabel.event.Damage;
import dev.framelabel.event.Label;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.JpegBackend;
import dev.framelabel.image.TestImages;
import dev.framelabel.model.ModelOpener;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.model.TestModels;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** A damaged frame never changes the labels of those that share its batch. */
class PoisonedBatchTest {
  private static final int BATCH = 4;
  private static final byte[] GOOD =
      TestImages.encode(TestImages.halves(40, 30, Color.RED, Color.GREEN), "jpeg");
  private static final byte[] LOUD =
      TestImages.encode(TestImages.plain(64, 64, Color.WHITE), "jpeg");

  private static Classifier classifier;
  private static List<Label> alone;

  @BeforeContainer
  static void start() throws Exception {
    classifier = open();
    alone = ((LabelledFrame) get(classifier.classify(TestEvents.frame("a", GOOD)))).labels();
  }

  @AfterContainer
  static void end() {
    classifier.close();
  }

  @Provide
  Arbitrary<Damage> damage() {
    return Damage.any();
  }

  @Property
  void classify_damagedFrameInABatch_neighboursHaveTheLabelsThatTheyHaveAlone(
      @ForAll @IntRange(max = BATCH - 1) int place, @ForAll("damage") Damage damage)
      throws Exception {
    List<CompletableFuture<Outcome>> results = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      byte[] image = i == place ? damage.of(LOUD) : GOOD;
      results.add(classifier.classify(TestEvents.frame("f" + i, image)));
    }
    for (int i = 0; i < BATCH; i++) {
      Outcome outcome = get(results.get(i));
      assertThat(outcome.frameId()).isEqualTo("f" + i);
      if (i != place) {
        assertThat(((LabelledFrame) outcome).labels()).isEqualTo(alone);
      }
    }
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
            JpegBackend.AUTO),
        ModelOpener.ONNX);
  }
}
