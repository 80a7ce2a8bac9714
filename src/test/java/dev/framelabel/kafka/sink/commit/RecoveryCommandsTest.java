package dev.framelabel.kafka.sink.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.SourcePosition;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecoveryCommandsTest {
  private final FrameRanges frames = new FrameRanges();

  RecoveryCommandsTest() {
    frames.add(new SourcePosition("frames", 0, 5));
  }

  @Test
  void commands_ofAJobWithoutOptions_haveThePlaceholderOfTheModel() {
    RecoveryCommands commands = new RecoveryCommands(Map.of());
    assertThat(commands.backfill(frames, "labels-0-7"))
        .isEqualTo(
            "flink run framelabel-job.jar --bootstrap-servers localhost:9092 --bounded=true"
                + " --frame-offsets frames-0@5 --group-id framelabel.backfill-labels-0-7"
                + " --model '<model file>' --transactional-id-prefix framelabel.backfill-labels-0-7");
    assertThat(commands.goOn(2))
        .isEqualTo(
            "flink run -s '<last checkpoint>' -p 2 framelabel-job.jar"
                + " --bootstrap-servers localhost:9092 --model '<model file>'"
                + " --on-lost-commit continue");
  }

  @Test
  void backfill_ofABoundedJob_readsTheLostFramesOnly() {
    RecoveryCommands commands =
        new RecoveryCommands(Map.of("from-timestamp", "2026-01-31T12:00:00Z", "model", "/m.onnx"));
    assertThat(commands.backfill(frames, "labels-0-7"))
        .contains("--frame-offsets frames-0@5 ")
        .doesNotContain("--from-timestamp");
    assertThat(commands.goOn(1)).contains("--from-timestamp 2026-01-31T12:00:00Z");
  }

  @Test
  void values_areQuotedAsAShellNeedsThem() {
    RecoveryCommands commands =
        new RecoveryCommands(
            Map.of("model", "/my models/it's.onnx", "device", "cuda:0", "cuda-memory", "6 gb"));
    assertThat(commands.goOn(1))
        .contains(" --model '/my models/it'\\''s.onnx'")
        .contains(" --device cuda:0")
        .contains(" --cuda-memory '6 gb'");
  }

  @Test
  void passwords_inAddresses_areNotShown() {
    RecoveryCommands commands =
        new RecoveryCommands(Map.of("registry", "http://user:p/a@ss@registry:8081"));
    assertThat(commands.goOn(1))
        .contains("--registry 'http://<user and password>@registry:8081'")
        .doesNotContain("ss@")
        .doesNotContain("p/a");
  }
}
