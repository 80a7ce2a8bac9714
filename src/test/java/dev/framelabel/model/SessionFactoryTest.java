package dev.framelabel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionFactoryTest {
  private final List<Device> asked = new ArrayList<>();

  private BucketSessions open(Device device) {
    return new BucketSessions(BatchBuckets.of(device, 1), TestModels::colourSession);
  }

  @Test
  void auto_noAccelerator_takesTheProcessor() {
    try (BucketSessions sessions =
        SessionFactory.auto(
            device -> {
              asked.add(device);
              if (device.isNvidiaGpu()) {
                throw new ModelException("no driver");
              }
              return open(device);
            })) {
      assertThat(sessions.buckets().device()).isEqualTo(Device.CPU);
    }
    assertThat(asked).containsExactly(Device.parse("cuda:0"), Device.CPU);
  }

  @Test
  void auto_acceleratorWithoutMemory_failsAndDoesNotTakeTheProcessor() {
    DeviceMemoryException full = new DeviceMemoryException("no memory for the model", null);
    assertThatThrownBy(
            () ->
                SessionFactory.auto(
                    device -> {
                      asked.add(device);
                      throw full;
                    }))
        .isSameAs(full);
    assertThat(asked).containsExactly(Device.parse("cuda:0"));
  }
}
