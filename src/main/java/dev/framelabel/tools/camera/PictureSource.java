package dev.framelabel.tools.camera;

import java.io.IOException;
import java.time.Instant;

/** Source of pictures. */
interface PictureSource {
  /**
   * Reads until the end of the source or until told to stop.
   *
   * @throws IOException if the source is lost
   */
  void read(Sink sink) throws IOException, InterruptedException;

  /** Receiver of pictures. Called by the thread that reads; {@link #stops} by any. */
  interface Sink {
    /** Takes a picture; blocks where all pictures are to be published and the broker is slow. */
    void take(CapturedPicture picture) throws InterruptedException;

    /**
     * Returns whether the source may save the work for its next picture, which would be dropped at
     * once; then it calls {@link #skip}.
     */
    boolean wants();

    /** Counts a picture that was there but not wanted. */
    void skip();

    /** Counts something that cannot be published as a picture, and says why. */
    void refuse(String why);

    /** Notes that the source works, although it has no picture now. */
    void alive();

    /** Notes the time that the source has just told. */
    void clock(Instant cameraTime);

    /** Returns whether the source is to end. */
    boolean stops();
  }
}
