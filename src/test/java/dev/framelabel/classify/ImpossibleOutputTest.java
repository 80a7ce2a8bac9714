package dev.framelabel.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.batch.BatchPolicy;
import dev.framelabel.event.Bytes;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.JpegBackend;
import dev.framelabel.model.ModelOpener;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.tools.modelkit.OverflowingModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** A real model in ONNX Runtime that computes NaN, infinity or more than 1 for certain frames. */
class ImpossibleOutputTest {
  private static final int BATCH = 4;
  private static final int GOOD = 200;

  private static Path file;
  private static Classifier classifier;

  @BeforeContainer
  static void start() throws Exception {
    file = OverflowingModel.save(Files.createTempFile("overflowing", ".onnx"));
    classifier =
        Classifier.open(
            new ClassifierSettings(
                file,
                SessionSettings.onCpu(BATCH),
                new BatchPolicy(BATCH, TimeUnit.MILLISECONDS.toNanos(2)),
                2,
                1,
                3,
                ImageLimits.DEFAULT,
                JpegBackend.AUTO),
            ModelOpener.ONNX);
  }

  @AfterContainer
  static void end() throws Exception {
    classifier.close();
    Files.delete(file);
  }

  @Property(tries = 200)
  void classify_anyMixOfFrames_rejectsThoseWithImpossibleOutputsAndLabelsTheOthers(
      @ForAll @Size(min = 1, max = 3 * BATCH)
          List<@IntRange(min = OverflowingModel.NAN - 1, max = OverflowingModel.BEYOND + 1) Integer>
              greens)
      throws Exception {
    List<CompletableFuture<Outcome>> results = new ArrayList<>();
    for (int green : greens) {
      results.add(classifier.classify(frame("f" + results.size(), GOOD, green, 10)));
    }
    for (int i = 0; i < greens.size(); i++) {
      check(greens.get(i), "f" + i, results.get(i).get(20, TimeUnit.SECONDS));
    }
  }

  private static void check(int green, String frameId, Outcome outcome) {
    assertThat(outcome.frameId()).isEqualTo(frameId);
    String value =
        switch (green) {
          case OverflowingModel.NAN -> "NaN";
          case OverflowingModel.INFINITE -> "Infinity";
          case OverflowingModel.BEYOND -> "99.";
          default -> "";
        };
    if (value.isEmpty()) {
      assertThat(((LabelledFrame) outcome).labels().get(0).label()).isEqualTo("red");
    } else {
      RejectedFrame rejected = (RejectedFrame) outcome;
      assertThat(rejected.kind()).isEqualTo(RejectionKind.MODEL_FAILED);
      assertThat(rejected.reason())
          .startsWith(
              "1 of 3 outputs of the model are no probabilities: class 1 'green' = " + value)
          .endsWith("; expected numbers from 0 to 1");
    }
  }

  private static Frame frame(String frameId, int red, int green, int blue) {
    byte[] pixels = new byte[OverflowingModel.SIZE * OverflowingModel.SIZE * 3];
    for (int at = 0; at < pixels.length; at += 3) {
      pixels[at] = (byte) red;
      pixels[at + 1] = (byte) green;
      pixels[at + 2] = (byte) blue;
    }
    Image image =
        new Image(
            Image.Format.RGB24, Bytes.wrap(pixels), OverflowingModel.SIZE, OverflowingModel.SIZE);
    return new Frame("camera", frameId, TestEvents.CAPTURED, image, Map.of(), TestEvents.SOURCE);
  }
}
