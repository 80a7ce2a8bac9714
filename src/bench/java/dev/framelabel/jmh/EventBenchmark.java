package dev.framelabel.jmh;

import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Image;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.wire.ImageEvents;
import dev.framelabel.wire.OutputFormat;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** From a Kafka record's value to a frame. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EventBenchmark {
  private static final SourcePosition SOURCE = new SourcePosition("frames", 0, 0);

  @Param({"640x480", "1920x1080"})
  private String size;

  @Param({"PLAIN", "SINGLE_OBJECT"})
  private OutputFormat framing;

  private final ImageEvents events = new ImageEvents();
  private byte[] value;

  @Setup
  public void write() throws IOException {
    Frame frame =
        new Frame(
            "camera-1",
            "frame-1",
            Instant.now().truncatedTo(ChronoUnit.MICROS),
            Image.encoded(BenchmarkImages.jpeg(size)),
            Map.of(),
            SOURCE);
    value = events.write(frame, framing);
  }

  @Benchmark
  public FrameEvent read() {
    return events.read(value, SOURCE, Instant.now());
  }
}
