package dev.framelabel.jmh;

import dev.framelabel.image.BadImageException;
import dev.framelabel.image.ImageDecoder;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.JpegBackend;
import dev.framelabel.image.Resize;
import java.io.IOException;
import java.nio.ByteBuffer;
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

/** From a JPEG into a slot of a batch. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DecodeBenchmark {
  private static final int SIDE = 299;

  @Param({"640x480", "1920x1080"})
  private String size;

  private byte[] file;
  private ImageDecoder decoder;
  private ByteBuffer batch;

  @Setup
  public void open() throws IOException {
    file = BenchmarkImages.jpeg(size);
    decoder = new ImageDecoder(SIDE, SIDE, Resize.CROP, ImageLimits.DEFAULT, JpegBackend.AUTO);
    batch = ByteBuffer.allocateDirect(2 * decoder.outputBytes());
  }

  @Benchmark
  public ByteBuffer intoBatch() throws BadImageException {
    ByteBuffer slot = batch.duplicate().position(decoder.outputBytes());
    decoder.decode(file, slot);
    return slot;
  }
}
