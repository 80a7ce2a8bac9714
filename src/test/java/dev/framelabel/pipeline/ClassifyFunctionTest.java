package dev.framelabel.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.config.InferenceTimeout;
import dev.framelabel.config.JobOptions;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Image;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.TestImages;
import dev.framelabel.model.ModelOpener;
import dev.framelabel.model.TestModels;
import dev.framelabel.pipeline.state.EventSerializer;
import dev.framelabel.testing.FaultyDevice;
import dev.framelabel.testing.cluster.Await;
import java.awt.Color;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.operators.async.AsyncWaitOperatorFactory;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The function in Flink's real asynchronous operator, without a cluster. */
@Timeout(60)
class ClassifyFunctionTest {
  private static final byte[] BLUE = TestImages.jpeg(20, 20, Color.BLUE);

  @Test
  void asyncInvoke_goodAndBadFrames_comeOutInOrder() throws Exception {
    try (var harness = harness()) {
      harness.open();
      harness.processElement(TestEvents.frame("1", BLUE), 0);
      harness.processElement(TestEvents.unreadable(), 0);
      harness.processElement(TestEvents.frame("3", "no image".getBytes(UTF_8)), 0);
      harness.processElement(TestEvents.frame("4", BLUE), 0);
      harness.endInput();
      List<Outcome> outcomes = harness.extractOutputValues();
      assertThat(outcomes).extracting(Outcome::frameId).containsExactly("1", "", "3", "4");
      assertThat(outcomes.get(0)).isInstanceOf(LabelledFrame.class);
      assertThat(outcomes.get(1)).isEqualTo(TestEvents.unreadable());
      assertThat(outcomes.get(2)).isInstanceOf(RejectedFrame.class);
    }
  }

  @Test
  void asyncInvoke_imageUris_areReadWhereAllowedAndKeepTheirPlaceInLine(@TempDir Path folder)
      throws Exception {
    Path image = Files.write(folder.resolve("blue.jpg"), BLUE);
    Configuration configuration = configuration();
    configuration.set(JobOptions.IMAGE_URI_PREFIXES, folder.toUri().toString());
    Frame traced = TestEvents.traced();
    try (var harness = harness(new JobOptions(configuration))) {
      harness.open();
      harness.processElement(traced.withImage(Image.reference(image.toUri().toString())), 0);
      harness.processElement(traced, 0);
      harness.processElement(TestEvents.frame("3", BLUE), 0);
      harness.endInput();
      List<Outcome> outcomes = harness.extractOutputValues();
      assertThat(outcomes).extracting(Outcome::frameId).containsExactly("frame-2", "frame-2", "3");
      assertThat(outcomes.get(0)).isInstanceOf(LabelledFrame.class);
      assertThat(((RejectedFrame) outcomes.get(1)).kind())
          .isEqualTo(RejectionKind.IMAGE_URI_REFUSED);
      assertThat(outcomes.subList(0, 2))
          .extracting(Outcome::headers)
          .containsOnly(traced.headers());
    }
  }

  @Test
  void snapshot_framesInFlight_areLabelledAfterRestore() throws Exception {
    OperatorSubtaskState state;
    try (var harness = harness()) {
      harness.open();
      for (int i = 0; i < 5; i++) {
        harness.processElement(TestEvents.frame("f" + i, BLUE), 0);
      }
      state = harness.snapshot(1, 1);
    }
    try (var harness = harness()) {
      harness.initializeState(state);
      harness.open();
      harness.endInput();
      assertThat(harness.extractOutputValues())
          .extracting(Outcome::frameId)
          .containsExactly("f0", "f1", "f2", "f3", "f4");
    }
  }

  @Test
  void endInput_partialBatchThatNobodyFills_doesNotHang() throws Exception {
    try (var harness = harness()) {
      harness.open();
      harness.processElement(TestEvents.frame("1", BLUE), 0);
      harness.endInput();
      assertThat(harness.extractOutputValues()).hasSize(1);
    }
  }

  @Test
  void asyncInvoke_moreBytesThanAllowed_waitsAndAllComeOut() throws Exception {
    Configuration configuration = configuration();
    configuration.set(JobOptions.IN_FLIGHT_SIZE, new MemorySize(BLUE.length + 1));
    try (var harness = harness(new JobOptions(configuration))) {
      harness.open();
      for (int i = 0; i < 6; i++) {
        harness.processElement(TestEvents.frame("f" + i, BLUE), 0);
      }
      harness.endInput();
      List<Outcome> outcomes = harness.extractOutputValues();
      assertThat(outcomes)
          .extracting(Outcome::frameId)
          .containsExactly("f0", "f1", "f2", "f3", "f4", "f5");
      assertThat(outcomes)
          .allSatisfy(
              outcome -> assertThat(((LabelledFrame) outcome).timings().batchSize()).isOne());
    }
  }

  @Test
  void open_missingModel_saysWhich() throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(JobOptions.MODEL, "/nowhere/model.onnx");
    configuration.set(JobOptions.DEVICE, "cpu");
    try (var harness = harness(new JobOptions(configuration))) {
      assertThatThrownBy(harness::open)
          .hasStackTraceContaining("model file /nowhere/model.onnx is not there");
    }
  }

  @Test
  void asyncInvoke_deviceThatNeverAnswers_rejectsOrFailsAsSet() throws Exception {
    FaultyDevice device = new FaultyDevice("classify function");
    device.hangs = true;
    try (var harness = harness(onTimeout(InferenceTimeout.REJECT), device.opener())) {
      harness.open();
      harness.processElement(TestEvents.frame("1", BLUE), 0);
      harness.processElement(TestEvents.unreadable(), 0);
      harness.processElement(TestEvents.frame("2", BLUE), 0);
      harness.endInput();
      assertThat(harness.extractOutputValues())
          .extracting(Outcome::frameId)
          .containsExactly("1", "", "2");
      assertThat((RejectedFrame) harness.extractOutputValues().get(0))
          .extracting(RejectedFrame::kind)
          .isEqualTo(RejectionKind.DEVICE_FAILED);
      device.release();
    }
    try (var harness = harness(onTimeout(InferenceTimeout.FAIL), device.opener())) {
      harness.getEnvironment().setExpectedExternalFailureCause(Throwable.class);
      harness.open();
      harness.processElement(TestEvents.frame("1", BLUE), 0);
      Await.until(
          "the job fails",
          Duration.ofSeconds(20),
          () -> harness.getEnvironment().getActualExternalFailureCause().isPresent());
      assertThat(harness.getEnvironment().getActualExternalFailureCause())
          .hasValueSatisfying(
              cause ->
                  assertThat(cause).hasStackTraceContaining("no result after --inference-timeout"));
      device.release();
    }
  }

  @Test
  void asyncInvoke_deviceHangsWhileTheTaskWaitsForBytes_rejectsAndGoesOn() throws Exception {
    FaultyDevice device = new FaultyDevice("bytes");
    device.next.set(FaultyDevice.Fault.HANG);
    Configuration configuration = onTimeout(InferenceTimeout.REJECT).configuration();
    configuration.set(JobOptions.IN_FLIGHT_SIZE, new MemorySize(2L * BLUE.length));
    configuration.set(JobOptions.CONCURRENT_BATCHES, 1);
    try (var harness = harness(new JobOptions(configuration), device.opener())) {
      harness.open();
      harness.processElement(TestEvents.frame("1", BLUE), 0);
      Await.until("the device hangs", Duration.ofSeconds(20), () -> device.hanging.get() == 1);
      harness.processElement(TestEvents.frame("2", BLUE), 0);
      harness.processElement(TestEvents.frame("3", BLUE), 0);
      device.release();
      harness.endInput();
      List<Outcome> outcomes = harness.extractOutputValues();
      assertThat(outcomes).extracting(Outcome::frameId).containsExactly("1", "2", "3");
      assertThat(outcomes.get(0)).isInstanceOf(RejectedFrame.class);
    }
  }

  private static JobOptions onTimeout(InferenceTimeout then) {
    Configuration configuration = configuration();
    configuration.set(JobOptions.ON_INFERENCE_TIMEOUT, then);
    configuration.set(JobOptions.INFERENCE_TIMEOUT, Duration.ofMillis(500));
    return new JobOptions(configuration);
  }

  private static OneInputStreamOperatorTestHarness<FrameEvent, Outcome> harness() throws Exception {
    return harness(new JobOptions(configuration()));
  }

  private static Configuration configuration() {
    Configuration configuration = new Configuration();
    configuration.set(JobOptions.MODEL, TestModels.colour().toString());
    configuration.set(JobOptions.DEVICE, "cpu");
    configuration.set(JobOptions.MAX_BATCH_SIZE, 2);
    return configuration;
  }

  private static OneInputStreamOperatorTestHarness<FrameEvent, Outcome> harness(JobOptions options)
      throws Exception {
    return harness(options, ModelOpener.ONNX);
  }

  private static OneInputStreamOperatorTestHarness<FrameEvent, Outcome> harness(
      JobOptions options, ModelOpener models) throws Exception {
    OneInputStreamOperatorTestHarness<FrameEvent, Outcome> harness =
        new OneInputStreamOperatorTestHarness<>(
            new AsyncWaitOperatorFactory<>(
                new ClassifyFunction(options, models),
                0,
                options.inFlight(),
                AsyncDataStream.OutputMode.ORDERED),
            new EventSerializer<>());
    harness.setup(new EventSerializer<>());
    return harness;
  }
}
