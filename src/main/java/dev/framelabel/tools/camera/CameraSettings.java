package dev.framelabel.tools.camera;

import static java.util.Objects.requireNonNull;

import dev.framelabel.address.Addresses;
import java.util.Map;

/**
 * One camera.
 *
 * @param id the camera's name in all events, and its key
 * @param address rtsp://, http://, a video file, a folder of pictures, or usb:FORMAT:DEVICE
 * @param maxFps most frames a second that are published; 0 for no limit
 * @param repeat action at the end of a file or folder
 * @param picture size and quality of published pictures
 * @param pollSeconds between two requests of a single-picture HTTP address
 * @param attributes carried through to the results
 */
public record CameraSettings(
    String id,
    String address,
    double maxFps,
    Repeat repeat,
    PictureSettings picture,
    double pollSeconds,
    Map<String, String> attributes) {
  /** Action at the end of a file or folder. */
  public enum Repeat {
    /** Nothing: the camera has ended. */
    ONCE,
    /** The same again. */
    LOOP,
    /** Pictures that come into the folder after the start; the earlier ones are left alone. */
    WATCH
  }

  public CameraSettings {
    requireNonNull(id, "id");
    requireNonNull(address, "address");
    requireNonNull(repeat, "repeat");
    requireNonNull(picture, "picture");
    attributes = Map.copyOf(attributes);
    if (id.isBlank() || !(maxFps >= 0) || !(pollSeconds > 0)) {
      throw new IllegalArgumentException(
          "camera '%s' with at most %s fps, polled each %s s; expected a name, 0 or more, more than 0"
              .formatted(id, maxFps, pollSeconds));
    }
    CameraAddress.Kind kind = CameraAddress.kind(address);
    if (repeat == Repeat.WATCH && kind != CameraAddress.Kind.FOLDER) {
      throw new IllegalArgumentException(
          "camera " + id + " is to be watched, but is no folder: " + Addresses.mask(address));
    }
  }

  /** Creates a camera with the defaults: no limit, once, pictures as they come. */
  public CameraSettings(String id, String address) {
    this(id, address, 0, Repeat.ONCE, PictureSettings.AS_IT_COMES, 1, Map.of());
  }

  /**
   * Returns whether the address holds a password, which then must not stand where others can read
   * it.
   */
  public boolean hasPassword() {
    return Addresses.hasPassword(address);
  }

  CameraAddress.Kind kind() {
    return CameraAddress.kind(address);
  }

  /** Returns the address as people may see it; a path has no secrets. */
  String shown() {
    return kind() == CameraAddress.Kind.HTTP || kind() == CameraAddress.Kind.RTSP
        ? Addresses.mask(address)
        : address;
  }

  /** Returns a text about this camera, without its secrets. */
  String masked(String text) {
    return Addresses.maskIn(text, address);
  }

  /** Returns whether the pictures are stored, so that none has to be dropped. */
  boolean isStored() {
    return repeat != Repeat.WATCH
        && (kind() == CameraAddress.Kind.FILE || kind() == CameraAddress.Kind.FOLDER);
  }

  /** Returns whether the camera ends by itself: a file or folder that is read once. */
  public boolean ends() {
    return isStored() && repeat == Repeat.ONCE;
  }

  /** Returns a text that never shows a password. */
  @Override
  public String toString() {
    return id + " at " + shown();
  }
}
