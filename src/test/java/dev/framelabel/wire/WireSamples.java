package dev.framelabel.wire;

import dev.framelabel.event.TestEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes the sample records of the present schemas. Samples are kept for ever: they show that later
 * versions read what this one wrote. Run it after a schema has changed, with a new version number.
 */
final class WireSamples {
  private WireSamples() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of("src/test/resources/wire");
    String version = arguments[0];
    for (OutputFormat framing : List.of(OutputFormat.SINGLE_OBJECT, OutputFormat.PLAIN)) {
      String end = "-" + version + "." + framing;
      Files.write(
          folder.resolve("image-event" + end),
          new ImageEvents().write(TestEvents.frame(), framing));
      Files.write(
          folder.resolve("labelled-frame" + end),
          new LabelledFrames().write(TestEvents.labelled(), framing));
      Files.write(
          folder.resolve("rejected-frame" + end),
          new RejectedFrames(1_000).write(TestEvents.rejected(), framing));
    }
    for (String schema : new String[] {"image-event", "labelled-frame", "rejected-frame"}) {
      Files.copy(
          Path.of("schemas", schema + ".avsc"), folder.resolve(schema + "-" + version + ".avsc"));
    }
  }
}
