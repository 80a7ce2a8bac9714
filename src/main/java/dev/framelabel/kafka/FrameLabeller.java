package dev.framelabel.kafka;

import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Outcome;
import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.function.Consumer;

/** Labels frames outside the stream, where a commit was lost and no result of theirs is left. */
@FunctionalInterface
public interface FrameLabeller extends Serializable {
  /**
   * Blocks until every frame has its outcome.
   *
   * @param frames to be read from the calling thread, as they are needed
   * @param outcomes takes them in the order of the frames, on the calling thread
   * @throws IOException if that fails now: to be tried again
   */
  void label(Iterator<FrameEvent> frames, Consumer<Outcome> outcomes)
      throws IOException, InterruptedException;
}
