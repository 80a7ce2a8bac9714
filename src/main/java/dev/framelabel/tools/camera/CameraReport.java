package dev.framelabel.tools.camera;

import dev.framelabel.event.CameraStatus;
import dev.framelabel.tools.report.Json;
import java.util.List;
import java.util.Locale;

/**
 * Report of a run of the camera publisher.
 *
 * @param seconds from its start to its end
 */
public record CameraReport(
    double seconds, long framesIn, long framesOut, long dropped, List<Camera> cameras) {
  /** One camera at the end of the run; see {@link CameraStatus}. */
  public record Camera(
      String id,
      String state,
      long framesIn,
      long framesOut,
      long dropped,
      long reconnects,
      String lastFrameAt,
      Long clockSkewMillis,
      String lastError,
      String source) {}

  public CameraReport {
    cameras = List.copyOf(cameras);
  }

  public static CameraReport of(double seconds, List<CameraStatus> last) {
    return new CameraReport(
        seconds,
        last.stream().mapToLong(CameraStatus::framesIn).sum(),
        last.stream().mapToLong(CameraStatus::framesOut).sum(),
        last.stream().mapToLong(CameraStatus::dropped).sum(),
        last.stream().map(CameraReport::camera).toList());
  }

  private static Camera camera(CameraStatus status) {
    return new Camera(
        status.cameraId(),
        status.state().name().toLowerCase(Locale.ROOT),
        status.framesIn(),
        status.framesOut(),
        status.dropped(),
        status.reconnects(),
        status.lastFrameAt().map(Object::toString).orElse(null),
        status.clockSkewMillis().isPresent() ? status.clockSkewMillis().getAsLong() : null,
        status.lastError(),
        status.source());
  }

  public String toJson() {
    return Json.indented(this);
  }
}
