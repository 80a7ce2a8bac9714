package dev.framelabel.kafka.sink.commit;

import dev.framelabel.event.Outcome;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.wire.LabelledFrames;
import dev.framelabel.wire.RejectedFrames;
import java.io.IOException;
import java.util.Optional;

/** Kind of the results that a topic holds. */
public enum ResultSource {
  LABELLED {
    @Override
    Reader open() {
      return new LabelledFrames()::read;
    }
  },
  REJECTED {
    @Override
    Reader open() {
      return new RejectedFrames(Integer.MAX_VALUE)::read;
    }
  };

  /** Returns a reader of such results, for one scan. The reader is not thread-safe. */
  abstract Reader open();

  /** Reader of the values of a topic's records. */
  interface Reader {
    Outcome read(byte[] value) throws IOException;

    /** Returns the position of a result's frame; empty if the value is no such result. */
    default Optional<SourcePosition> frame(byte[] value) {
      if (value == null) {
        return Optional.empty();
      }
      try {
        return Optional.of(read(value).source());
      } catch (IOException | IllegalArgumentException | NullPointerException e) {
        // Truncated, of a newer schema, or of fields that no result of this version has.
        return Optional.empty();
      }
    }
  }
}
