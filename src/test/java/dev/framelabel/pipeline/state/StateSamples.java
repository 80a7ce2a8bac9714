package dev.framelabel.pipeline.state;

import dev.framelabel.event.TestEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Writes a frame as it stands in a checkpoint of this version. Samples are kept for ever. */
final class StateSamples {
  private StateSamples() {}

  public static void main(String[] arguments) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    EventCodec.write(TestEvents.frame(), out);
    Path sample = Path.of("src/test/resources/state/frame-" + EventCodec.VERSION + ".bin");
    Files.createDirectories(sample.getParent());
    Files.write(sample, out.getCopyOfBuffer());
  }
}
