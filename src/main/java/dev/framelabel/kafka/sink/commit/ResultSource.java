package dev.framelabel.kafka.sink.commit;

import dev.framelabel.event.SourcePosition;
import dev.framelabel.wire.LabelledFrames;
import dev.framelabel.wire.RejectedFrames;
import java.io.IOException;

/** Where the frame of a written result is. */
public enum ResultSource {
  LABELLED {
    @Override
    SourcePosition of(byte[] value) throws IOException {
      return new LabelledFrames().read(value).source();
    }
  },
  REJECTED {
    @Override
    SourcePosition of(byte[] value) throws IOException {
      return new RejectedFrames(Integer.MAX_VALUE).read(value).source();
    }
  };

  /**
   * @throws IOException if the bytes are no such result
   */
  abstract SourcePosition of(byte[] value) throws IOException;
}
