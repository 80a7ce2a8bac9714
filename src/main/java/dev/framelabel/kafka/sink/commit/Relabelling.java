package dev.framelabel.kafka.sink.commit;

import dev.framelabel.event.SourcePosition;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Makes results of frames anew, from the topic of frames. */
@FunctionalInterface
public interface Relabelling extends Serializable {
  /**
   * Blocks until every frame that is still there is labelled. Called on the task's thread.
   *
   * @param frames in the order of their offsets in each partition
   * @param results takes the records to be written, in the order of the frames; to whichever topic
   *     an outcome of its kind belongs
   * @return frames that their topic no longer holds
   * @throws IOException if the broker or the device does not answer: to be tried again
   */
  List<SourcePosition> run(
      List<SourcePosition> frames, Consumer<ProducerRecord<byte[], byte[]>> results)
      throws IOException, InterruptedException;
}
