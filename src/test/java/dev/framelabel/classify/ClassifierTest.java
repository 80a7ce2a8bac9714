package dev.framelabel.classify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import dev.framelabel.image.TestImages;
import dev.framelabel.model.Device;
import dev.framelabel.model.DeviceMemoryException;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.ModelMetadata;
import dev.framelabel.model.ModelOpener;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.model.TestModels;
import java.awt.Color;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClassifierTest {
  @Test
  void classify_pictures_labelsEachWithItsOwnColour() throws Exception {
    try (Classifier classifier =
        Classifier.open(settings(TestModels.colour(), 4, 10), ModelOpener.ONNX)) {
      List<CompletableFuture<Outcome>> results = new ArrayList<>();
      Color[] colours = {Color.RED, Color.GREEN, Color.BLUE};
      String[] names = {"red", "green", "blue"};
      for (int i = 0; i < 60; i++) {
        results.add(
            classifier.classify(
                TestEvents.frame("f" + i, TestImages.jpeg(40, 30, colours[i % 3]))));
      }
      for (int i = 0; i < 60; i++) {
        LabelledFrame frame = (LabelledFrame) get(results.get(i));
        assertThat(frame.frameId()).isEqualTo("f" + i);
        assertThat(frame.labels().get(0).label()).isEqualTo(names[i % 3]);
        assertThat(frame.labels()).hasSize(2);
        assertThat(frame.timings().batchSize()).isBetween(1, 4);
        assertThat(frame.attributes()).containsEntry("site", "Köln");
        assertThat(frame.model().name()).isEqualTo("colour");
      }
      assertThat(classifier.statistics().frames()).isEqualTo(60);
    }
  }

  @Test
  void classify_framesOfTwoCallersInABatch_countsForTheCallerOfItsOldestFrame() throws Exception {
    ClassifierStatistics first = new ClassifierStatistics();
    ClassifierStatistics second = new ClassifierStatistics();
    try (Classifier classifier =
        Classifier.open(settings(TestModels.colour(), 4, 10_000), ModelOpener.ONNX)) {
      List<CompletableFuture<Outcome>> results = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        results.add(
            classifier.classify(
                TestEvents.frame("f" + i, TestImages.jpeg(8, 8, Color.RED)),
                i == 0 ? first : second));
      }
      for (CompletableFuture<Outcome> result : results) {
        assertThat(get(result)).isInstanceOf(LabelledFrame.class);
      }
    }
    assertThat(first.batches()).isEqualTo(1);
    assertThat(first.frames()).isEqualTo(4);
    assertThat(second.batches()).isEqualTo(1);
    assertThat(second.frames()).isEqualTo(4);
    assertThat(first.decodeNanos()).isPositive();
  }

  @Test
  void classify_badImageAmongGoodOnes_isRejectedAloneWithItsKind() throws Exception {
    try (Classifier classifier =
        Classifier.open(settings(TestModels.colour(), 3, 10_000), ModelOpener.ONNX)) {
      byte[] good = TestImages.jpeg(40, 30, Color.BLUE);
      List<CompletableFuture<Outcome>> results = new ArrayList<>();
      results.add(classifier.classify(TestEvents.frame("a", good)));
      // The others come when its slot is free again, or the batch might count as full with it.
      RejectedFrame rejected =
          (RejectedFrame)
              get(classifier.classify(TestEvents.frame("bad", "no image".getBytes(UTF_8))));
      results.add(classifier.classify(TestEvents.frame("b", good)));
      results.add(classifier.classify(TestEvents.frame("c", good)));
      assertThat(rejected.kind()).isEqualTo(RejectionKind.UNSUPPORTED_FORMAT);
      assertThat(rejected.frameId()).isEqualTo("bad");
      for (CompletableFuture<Outcome> result : results) {
        LabelledFrame frame = (LabelledFrame) get(result);
        assertThat(frame.labels().get(0).label()).isEqualTo("blue");
        assertThat(frame.timings().batchSize()).isEqualTo(3);
      }
    }
  }

  @Test
  void classify_rawPixels_areLabelled() throws Exception {
    try (Classifier classifier =
        Classifier.open(settings(TestModels.colour(), 1, 0), ModelOpener.ONNX)) {
      byte[] rgb = new byte[10 * 10 * 3];
      for (int at = 2; at < rgb.length; at += 3) {
        rgb[at] = (byte) 255;
      }
      Frame frame =
          new Frame(
              "c",
              "f",
              TestEvents.CAPTURED,
              new Image(Image.Format.RGB24, Bytes.wrap(rgb), 10, 10),
              Map.of(),
              TestEvents.SOURCE);
      LabelledFrame labelled = (LabelledFrame) get(classifier.classify(frame));
      assertThat(labelled.labels().get(0).label()).isEqualTo("blue");
    }
  }

  @Test
  void classify_modelThatFails_failsTheResult() {
    FakeModel model = new FakeModel();
    model.fail = true;
    try (Classifier classifier =
        Classifier.open(settings(TestModels.colour(), 1, 0), (file, session) -> model)) {
      CompletableFuture<Outcome> result =
          classifier.classify(TestEvents.frame("f", TestImages.jpeg(8, 8, Color.RED)));
      assertThatThrownBy(() -> get(result)).hasRootCauseInstanceOf(ModelException.class);
    }
    assertThat(model.closed).hasValue(1);
  }

  @Test
  void open_noMemoryForTheBatches_closesTheModel() {
    FakeModel model = new FakeModel();
    model.noBuffers = true;
    assertThatThrownBy(
            () -> Classifier.open(settings(TestModels.colour(), 1, 0), (file, session) -> model))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(model.closed).hasValue(1);
  }

  @Test
  void classify_threeDeviceStreams_giveTheDeviceThreeBatchesAtATime() throws Exception {
    FakeModel model = new FakeModel();
    model.together = new CountDownLatch(3);
    try (Classifier classifier =
        Classifier.open(settings(TestModels.colour(), 1, 0, 3), (file, session) -> model)) {
      List<CompletableFuture<Outcome>> results = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        results.add(
            classifier.classify(TestEvents.frame("f" + i, TestImages.jpeg(8, 8, Color.RED))));
      }
      for (int i = 0; i < 3; i++) {
        assertThat(((LabelledFrame) get(results.get(i))).frameId()).isEqualTo("f" + i);
      }
    }
  }

  @Test
  void classify_deviceOutOfMemoryAboveThree_halvesTheBatchAndLabelsAll() throws Exception {
    FakeModel model = new FakeModel();
    model.memoryFrames = 3;
    try (Classifier classifier =
        Classifier.open(settings(TestModels.colour(), 13, 10_000), (file, session) -> model)) {
      for (LabelledFrame frame : thirteen(classifier)) {
        assertThat(frame.timings().batchSize()).isBetween(1, 3);
      }
      assertThat(classifier.statistics().batchSplits()).isEqualTo(2);
      assertThat(classifier.statistics().frames()).isEqualTo(13);
    }
  }

  /** Results of frames f0 to f12, in that order. */
  private static List<LabelledFrame> thirteen(Classifier classifier) throws Exception {
    List<CompletableFuture<Outcome>> results = new ArrayList<>();
    for (int i = 0; i < 13; i++) {
      results.add(classifier.classify(TestEvents.frame("f" + i, TestImages.jpeg(8, 8, Color.RED))));
    }
    List<LabelledFrame> frames = new ArrayList<>();
    for (int i = 0; i < 13; i++) {
      LabelledFrame frame = (LabelledFrame) get(results.get(i));
      assertThat(frame.frameId()).isEqualTo("f" + i);
      frames.add(frame);
    }
    return frames;
  }

  @Test
  void classify_deviceOutOfMemory_triesTheSizeThatTheModelNames() throws Exception {
    FakeModel model = new FakeModel();
    model.memoryFrames = 4;
    model.bucket = 4;
    try (Classifier classifier =
        Classifier.open(settings(TestModels.colour(), 13, 10_000), (file, session) -> model)) {
      List<LabelledFrame> frames = thirteen(classifier);
      for (int i = 0; i < 13; i++) {
        assertThat(frames.get(i).timings().batchSize()).isEqualTo(i < 12 ? 4 : 1);
      }
      assertThat(classifier.statistics().batchSplits()).isEqualTo(1);
    }
  }

  @Test
  void classify_deviceOutOfMemoryForOneColour_rejectsThatFrameAloneWithItsKind() throws Exception {
    FakeModel model = new FakeModel();
    model.refuseBright = true;
    try (Classifier classifier =
        Classifier.open(settings(TestModels.colour(), 5, 10_000), (file, session) -> model)) {
      List<CompletableFuture<Outcome>> results = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        Color colour = i == 3 ? Color.WHITE : Color.BLACK;
        results.add(classifier.classify(TestEvents.frame("f" + i, TestImages.jpeg(8, 8, colour))));
      }
      for (int i = 0; i < 5; i++) {
        Outcome outcome = get(results.get(i));
        assertThat(outcome.frameId()).isEqualTo("f" + i);
        if (outcome instanceof RejectedFrame rejected) {
          assertThat(rejected.kind()).isEqualTo(RejectionKind.DEVICE_FAILED);
          assertThat(rejected.reason()).contains("out of memory");
        }
        assertThat(outcome instanceof RejectedFrame).isEqualTo(outcome.frameId().equals("f3"));
      }
    }
  }

  @Test
  void classify_modelThatGivesNoNumber_rejectsTheFrameWithItsKind() throws Exception {
    FakeModel model = new FakeModel();
    model.score = Float.NaN;
    try (Classifier classifier =
        Classifier.open(settings(TestModels.colour(), 1, 0), (file, session) -> model)) {
      RejectedFrame rejected =
          (RejectedFrame)
              get(classifier.classify(TestEvents.frame("f", TestImages.jpeg(8, 8, Color.RED))));
      assertThat(rejected.kind()).isEqualTo(RejectionKind.MODEL_FAILED);
      assertThat(rejected.reason()).contains("class 0 'a' = NaN, class 1 'b' = NaN");
      model.score = 0.5f;
      assertThat(get(classifier.classify(TestEvents.frame("g", TestImages.jpeg(8, 8, Color.RED)))))
          .isInstanceOf(LabelledFrame.class);
    }
  }

  private static Outcome get(CompletableFuture<Outcome> result) throws Exception {
    return result.get(20, TimeUnit.SECONDS);
  }

  private static ClassifierSettings settings(Path model, int maxSize, long maxDelayMillis) {
    return settings(model, maxSize, maxDelayMillis, 1);
  }

  private static ClassifierSettings settings(
      Path model, int maxSize, long maxDelayMillis, int deviceStreams) {
    return new ClassifierSettings(
        model,
        SessionSettings.onCpu(maxSize),
        new BatchPolicy(maxSize, TimeUnit.MILLISECONDS.toNanos(maxDelayMillis)),
        2,
        deviceStreams,
        2,
        ImageLimits.DEFAULT,
        JpegBackend.AUTO);
  }

  private static final class FakeModel implements LabelModel {
    final AtomicInteger closed = new AtomicInteger();
    volatile boolean fail;
    volatile boolean refuseBright;

    /** As if direct memory were full when the classifier asks for its batches. */
    volatile boolean noBuffers;

    volatile int memoryFrames = Integer.MAX_VALUE;
    volatile float score = 0.5f;

    /** What a batch with more frames than that is divided into; 0: halves. */
    volatile int bucket;

    /** Each batch waits here until all that are expected at the same time have come. */
    volatile CountDownLatch together = new CountDownLatch(0);

    @Override
    public int smallerBatch(int count) {
      return bucket > 0 && count > bucket ? bucket : count / 2;
    }

    @Override
    public ModelMetadata metadata() {
      if (noBuffers) {
        throw new OutOfMemoryError("Cannot reserve direct buffer memory");
      }
      return TestModels.metadata(8, 8);
    }

    @Override
    public Device device() {
      return Device.CPU;
    }

    @Override
    public void label(ByteBuffer frames, int count, FloatBuffer probabilities) {
      if (fail) {
        throw new ModelException("device lost");
      }
      awaitTheOthers();
      boolean bright = false;
      for (int frame = 0; frame < count; frame++) {
        bright |= (frames.get(frame * 8 * 8 * 3) & 0xFF) > 127;
      }
      if (count > memoryFrames || (refuseBright && bright)) {
        throw new DeviceMemoryException("out of memory for " + count, null);
      }
      for (int i = 0; i < 2 * count; i++) {
        probabilities.put(i, score);
      }
    }

    private void awaitTheOthers() {
      together.countDown();
      try {
        if (!together.await(20, TimeUnit.SECONDS)) {
          throw new ModelException("no other batch came at the same time");
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }
}
