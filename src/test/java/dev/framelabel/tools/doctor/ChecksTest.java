package dev.framelabel.tools.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.kafka.admin.Finding;
import dev.framelabel.kafka.admin.Finding.Level;
import dev.framelabel.model.Device;
import dev.framelabel.model.DeviceMemoryException;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.ModelMetadata;
import dev.framelabel.model.TestModels;
import dev.framelabel.tools.flinkrest.ClusterFacts;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

class ChecksTest {
  private static final String PARENT_FIRST = "classloader.parent-first-patterns.additional";
  private static final int MIB = 1 << 20;

  @Test
  void cluster_thatFits_isWell() {
    assertThat(cluster("2.2.1", "ai.onnxruntime;org.bytedeco", 1024L * MIB, 512L * MIB))
        .allMatch(one -> one.level() == Level.OK);
  }

  @Test
  void cluster_otherVersionLittleMemoryAndDefaultClassLoading_isNot() {
    List<Finding> findings = cluster("2.1.0", "", MIB, MIB);
    assertThat(of(findings, "Flink").level()).isEqualTo(Level.WARNING);
    assertThat(of(findings, "class loading").level()).isEqualTo(Level.FAILED);
    assertThat(of(findings, "task heap").cure()).contains("taskmanager.memory.task.heap.size");
    assertThat(of(findings, "task off-heap memory").level()).isEqualTo(Level.FAILED);
    assertThat(of(findings, "task off-heap memory").found())
        .isEqualTo(
            "1 MiB; batches of pixels take 16 MiB, the session about 100 MiB, decoding the largest"
                + " images 384 MiB (3 threads)");
    List<Finding> noRoomForTheSession = cluster("2.2.1", "", 1024L * MIB, 256L * MIB);
    assertThat(of(noRoomForTheSession, "task off-heap memory").level()).isEqualTo(Level.WARNING);
  }

  @Test
  void sessionMemory_deviceHasNoneForAllStreams_isAWarning() {
    Doctor doctor =
        new Doctor(
            new JobOptions(Configuration.fromMap(Map.of("model", "m"))),
            kafka(Map.of()),
            Duration.ZERO);
    List<Finding> findings = new ArrayList<>();
    assertThat(doctor.sessionMemory(new FullDevice(), 0, findings)).isEmpty();
    assertThat(of(findings, "session memory").level()).isEqualTo(Level.WARNING);
    assertThat(of(findings, "session memory").found())
        .isEqualTo(
            "one full batch fits, but not 2 batches of 16 at the same time: no memory for 16");
  }

  @Test
  void java_older_isRefused() {
    assertThat(Doctor.java(11).level()).isEqualTo(Level.FAILED);
    assertThat(Doctor.java(17).level()).isEqualTo(Level.OK);
  }

  private static List<Finding> cluster(String version, String patterns, long heap, long offHeap) {
    Configuration job = Configuration.fromMap(Map.of("model", "m"));
    return ClusterChecks.of(
        new ClusterFacts(
            version,
            2,
            List.of(new ClusterFacts.Worker(2, 3, heap, offHeap)),
            Map.of(PARENT_FIRST, patterns)),
        "2.2.1",
        new JobOptions(job),
        kafka(Map.of()),
        Optional.of(new ModelMemory(299 * 299 * 3, 100L * MIB)));
  }

  private static Finding of(List<Finding> findings, String subject) {
    return findings.stream().filter(one -> one.subject().equals(subject)).findFirst().orElseThrow();
  }

  private static KafkaOptions kafka(Map<String, String> options) {
    return new KafkaOptions(Configuration.fromMap(options));
  }

  /** Has no memory for any batch. */
  private static final class FullDevice implements LabelModel {
    @Override
    public ModelMetadata metadata() {
      return TestModels.metadata(8, 8);
    }

    @Override
    public Device device() {
      return Device.CPU;
    }

    @Override
    public void label(ByteBuffer frames, int count, FloatBuffer probabilities) {
      throw new DeviceMemoryException("no memory for " + count, null);
    }

    @Override
    public void close() {
      // Holds nothing.
    }
  }
}
