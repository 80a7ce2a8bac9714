package dev.framelabel.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.config.JobOptions;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.Pictures;
import dev.framelabel.model.ModelOpener;
import dev.framelabel.model.TestModels;
import dev.framelabel.tools.bench.SimulatedAccelerator;
import java.awt.Color;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LabelAgainTest {
  private static final byte[] BLUE = Pictures.jpeg(20, 20, Color.BLUE);

  private final List<Outcome> outcomes = new ArrayList<>();

  /** Fewer bytes may be under way than two frames have. */
  @Test
  void label_goodAndBadFrames_comeOutInOrderWithinTheirBytes() throws Exception {
    Configuration configuration = configuration(TestModels.colour().toString());
    configuration.set(JobOptions.IN_FLIGHT_SIZE, new MemorySize(BLUE.length + 1));
    List<FrameEvent> frames = new ArrayList<>();
    IntStream.range(0, 50)
        .forEach(i -> frames.add(TestEvents.frame("f" + i, i % 7 == 3 ? new byte[9] : BLUE)));
    frames.add(TestEvents.unreadable());
    label(configuration, frames);
    assertThat(outcomes)
        .extracting(Outcome::frameId)
        .containsExactlyElementsOf(frames.stream().map(LabelAgainTest::id).toList());
    assertThat(outcomes.get(2)).isInstanceOf(LabelledFrame.class);
    assertThat(outcomes.get(3)).isInstanceOf(RejectedFrame.class);
  }

  private static String id(FrameEvent event) {
    return event instanceof RejectedFrame rejected ? rejected.frameId() : ((Frame) event).frameId();
  }

  /** An accelerator of the job is not asked for: there is none here. */
  @Test
  void label_jobOnAnAccelerator_labelsOnTheCpu() throws Exception {
    Configuration configuration = configuration(TestModels.colour().toString());
    configuration.set(JobOptions.DEVICE, "cuda");
    label(configuration, List.of(TestEvents.frame("1", BLUE)));
    assertThat(outcomes).singleElement().isInstanceOf(LabelledFrame.class);
  }

  @Test
  void label_noResultInTime_isToBeTriedAgain() {
    Configuration configuration = configuration(TestModels.colour().toString());
    configuration.set(JobOptions.INFERENCE_TIMEOUT, Duration.ofMillis(200));
    ModelOpener slow = new SimulatedAccelerator(20, 3, Duration.ofMillis(1_500), Duration.ZERO);
    assertThatThrownBy(() -> label(configuration, slow, List.of(TestEvents.frame("1", BLUE))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("--inference-timeout");
  }

  private void label(Configuration configuration, List<FrameEvent> frames) throws Exception {
    label(configuration, ModelOpener.ONNX, frames);
  }

  private void label(Configuration configuration, ModelOpener models, List<FrameEvent> frames)
      throws Exception {
    new LabelAgain(new JobOptions(configuration), models).label(frames.iterator(), outcomes::add);
  }

  private static Configuration configuration(String model) {
    Configuration configuration = new Configuration();
    configuration.set(JobOptions.MODEL, model);
    configuration.set(JobOptions.DEVICE, "cpu");
    configuration.set(JobOptions.MAX_BATCH_SIZE, 2);
    return configuration;
  }
}
