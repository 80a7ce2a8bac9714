package dev.framelabel.image;

import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decoder of JPEGs. PNG and WebP always go to OpenCV. */
public enum JpegBackend {
  /** libjpeg-turbo where the system has its library, else OpenCV; the log says which. */
  AUTO,
  /** OpenCV, which lets bit errors pass that leave no row out. */
  OPENCV,
  /** libjpeg-turbo, which tells of every code that does not exist. */
  TURBOJPEG;

  private static final Logger LOG = LoggerFactory.getLogger(JpegBackend.class);

  /**
   * Returns the decoder that this choice means on this machine: one of the other two. Logs it.
   *
   * @throws IllegalStateException if libjpeg-turbo is asked for by name and is not there
   */
  JpegBackend resolve() {
    Optional<String> missing = this == OPENCV ? Optional.empty() : TurboJpeg.missing();
    if (this == TURBOJPEG && missing.isPresent()) {
      throw new IllegalStateException(
          "the image decoder is turbojpeg, but its library cannot be loaded ("
              + missing.get()
              + "); install it (Debian: libturbojpeg0; Ubuntu: libturbojpeg), or choose auto or"
              + " opencv");
    }
    JpegBackend chosen = onThisMachine();
    LOG.info(
        "JPEG decoder chosen: option={} decoder={}{}",
        this,
        chosen,
        missing.map(reason -> " (no libjpeg-turbo: " + reason + ")").orElse(""));
    return chosen;
  }

  /** Returns the decoder that this choice means on this machine, whether or not it is there. */
  public JpegBackend onThisMachine() {
    return this == AUTO ? (TurboJpeg.missing().isEmpty() ? TURBOJPEG : OPENCV) : this;
  }

  /**
   * Logs a warning if this choice means another decoder here: a frame's verdict may then depend on
   * the worker that it comes to.
   *
   * @param elsewhere what it means on the machine that started the job
   */
  public void warnIfNot(JpegBackend elsewhere) {
    JpegBackend here = onThisMachine();
    if (here != elsewhere) {
      LOG.warn(
          "JPEG decoders differ: this worker has decoder={}, the machine that started the job has"
              + " decoder={}. Only turbojpeg rejects JPEGs with bit errors. Install libturbojpeg on"
              + " all workers, or set --image-decoder; see docs/reference/messages.md",
          here,
          elsewhere);
    }
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
