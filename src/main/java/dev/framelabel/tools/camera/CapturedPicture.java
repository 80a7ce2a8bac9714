package dev.framelabel.tools.camera;

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
record CapturedPicture(Bytes file, Optional<Instant> takenAt, boolean finished) {
  /** The largest file that any source reads. */
  static final int MOST_BYTES = 32 << 20;

  /** Returns a picture of a source that says nothing more. */
  static CapturedPicture of(byte[] file) {
    return new CapturedPicture(Bytes.wrap(file), Optional.empty(), false);
  }

  static CapturedPicture of(byte[] file, Optional<Instant> takenAt) {
    return new CapturedPicture(Bytes.wrap(file), takenAt, false);
  }
}
