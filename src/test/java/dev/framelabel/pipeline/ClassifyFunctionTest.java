package dev.framelabel.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.Pictures;
import dev.framelabel.model.TestModels;
import java.awt.Color;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.operators.async.AsyncWaitOperatorFactory;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The function in Flink's real asynchronous operator, without a cluster. */
@Timeout(60)
class ClassifyFunctionTest {
  private static final byte[] BLUE = Pictures.jpeg(20, 20, Color.BLUE);

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

  private static OneInputStreamOperatorTestHarness<FrameEvent, Outcome> harness() throws Exception {
    return harness(new JobOptions(configuration()));
  }

  private static Configuration configuration() {
    Configuration configuration = new Configuration();
    configuration.set(JobOptions.MODEL, TestModels.colour().toString());
    configuration.set(JobOptions.DEVICE, "cpu");
    configuration.set(JobOptions.BATCH_SIZE, 2);
    return configuration;
  }

  private static OneInputStreamOperatorTestHarness<FrameEvent, Outcome> harness(JobOptions options)
      throws Exception {
    OneInputStreamOperatorTestHarness<FrameEvent, Outcome> harness =
        new OneInputStreamOperatorTestHarness<>(
            new AsyncWaitOperatorFactory<>(
                new ClassifyFunction(options),
                20_000,
                options.inFlight(),
                AsyncDataStream.OutputMode.ORDERED),
            new EventSerializer<>());
    harness.setup(new EventSerializer<>());
    return harness;
  }
}
