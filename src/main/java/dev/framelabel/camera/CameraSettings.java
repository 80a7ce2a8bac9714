package dev.framelabel.camera;

import java.util.Map;

/**
 * One camera.
 *
 * @param maxFps most frames a second that are published; 0 for no limit
 * @param loop begin a file or folder again at its end
 * @param attributes carried through to the results
 */
public record CameraSettings(
    String id, String address, double maxFps, boolean loop, Map<String, String> attributes) {
  public CameraSettings {
    attributes = Map.copyOf(attributes);
    if (id.isBlank() || maxFps < 0) {
      throw new IllegalArgumentException(
          "camera '" + id + "' with at most " + maxFps + " fps; expected a name and 0 or more");
    }
    CameraAddress.Kind ignored = CameraAddress.kind(address);
  }

  /** Never shows a password. */
  @Override
  public String toString() {
    return id + " at " + CameraAddress.mask(address);
  }
}
