package dev.framelabel.tools.demo;

import dev.framelabel.event.CameraStatus;
import dev.framelabel.tools.camera.AddressGuard;
import dev.framelabel.tools.camera.CameraProbe;
import dev.framelabel.tools.camera.CameraPublisher;
import dev.framelabel.tools.camera.CameraSettings;
import dev.framelabel.tools.camera.PublishSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Cameras, videos or folders of the user. */
public final class UserCameras implements DemoSource {
  private static final long BUFFER_BYTES = 64L << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final List<CameraSettings> cameras;
  private final AddressGuard guard;
  private volatile CameraPublisher publisher;
  private volatile boolean stopped;
  private volatile List<CameraStatus> statuses = List.of();

  /**
   * Opens each camera until its first picture.
   *
   * @param say gets a text about each camera's picture
   * @throws IOException if a camera has no picture that can be decoded
   */
  public UserCameras(List<CameraSettings> cameras, AddressGuard guard, Consumer<String> say)
      throws IOException, InterruptedException {
    this.cameras = List.copyOf(cameras);
    this.guard = guard;
    for (CameraSettings camera : cameras) {
      try {
        say.accept("Camera " + camera + ": " + CameraProbe.firstPicture(camera, guard, PATIENCE));
      } catch (IOException e) {
        throw new IOException("camera " + camera + ": " + e.getMessage(), e);
      }
    }
  }

  @Override
  public void run(Map<String, String> client) throws InterruptedException {
    boolean once = cameras.stream().allMatch(CameraSettings::ends);
    publisher =
        new CameraPublisher(
            new PublishSettings(client, "frames", "cameras", 0, BUFFER_BYTES, once, guard),
            cameras);
    if (stopped) {
      publisher.stop();
    }
    statuses = publisher.run(now -> statuses = now);
  }

  @Override
  public void stop() {
    stopped = true;
    CameraPublisher running = publisher;
    if (running != null) {
      running.stop();
    }
  }

  @Override
  public String failure() {
    return statuses.stream()
        .filter(status -> status.state() == CameraStatus.State.LOST)
        .map(status -> "Camera " + status.cameraId() + " is lost: " + status.lastError())
        .collect(Collectors.joining("\n"));
  }

  @Override
  public String toString() {
    return cameras.size() + (cameras.size() == 1 ? " camera publishes" : " cameras publish") + ".";
  }
}
