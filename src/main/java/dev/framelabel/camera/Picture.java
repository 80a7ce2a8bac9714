package dev.framelabel.camera;

import dev.framelabel.event.Bytes;
import java.time.Instant;
import java.util.Optional;

/**
 * A picture as a source gives it. Immutable.
 *
 * @param file a whole JPEG, PNG or WebP file
 * @param takenAt by the camera's clock, where the source tells it
 * @param finished whether it has the wanted size and quality already
 */
record Picture(Bytes file, Optional<Instant> takenAt, boolean finished) {
  /** A picture of a source that says nothing more. */
  static Picture of(byte[] file) {
    return new Picture(Bytes.wrap(file), Optional.empty(), false);
  }

  static Picture of(byte[] file, Optional<Instant> takenAt) {
    return new Picture(Bytes.wrap(file), takenAt, false);
  }
}
