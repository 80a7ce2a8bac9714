package dev.framelabel.camera;

import java.io.IOException;
import java.util.function.BooleanSupplier;

/** Where pictures come from. */
interface PictureSource {
  /**
   * Reads until the end of the source or until told to stop.
   *
   * @throws IOException if the source is lost
   */
  void read(Sink sink, BooleanSupplier stop) throws IOException, InterruptedException;

  /** Takes whole image files. */
  interface Sink {
    void take(byte[] image) throws InterruptedException;
  }
}
