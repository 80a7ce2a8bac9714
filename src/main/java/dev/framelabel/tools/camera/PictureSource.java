package dev.framelabel.tools.camera;

import java.io.IOException;
import java.time.Instant;

/** Where pictures come from. */
interface PictureSource {
  /**
   * Reads until the end of the source or until told to stop.
   *
   * @throws IOException if the source is lost
   */
  void read(Sink sink) throws IOException, InterruptedException;

  /** Takes pictures. Called by the thread that reads; {@link #stops} by any. */
  interface Sink {
    /** Takes a picture; blocks where all pictures are to be published and the broker is slow. */
    void take(CapturedPicture picture) throws InterruptedException;

    /**
     * Whether the source may save the work for its next picture, which would be dropped at once;
     * then it calls {@link #skip}.
     */
    boolean wants();

    /** Counts a picture that was there but not wanted. */
    void skip();

    /** Counts something that cannot be published as a picture, and says why. */
    void refuse(String why);

    /** The source is well, although it has no picture now. */
    void alive();

    /** The source has just told its time. */
    void clock(Instant cameraTime);

    /** Whether the source is to end. */
    boolean stops();
  }
}
