package dev.framelabel.tools.bench;

import dev.framelabel.config.JobOptions;
import dev.framelabel.image.ImageDecoder;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.Resize;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.OnnxLabelModel;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Upper bound of what decoding and the model allow: loops without Kafka and Flink over the job's
 * decoder and session, with as many threads and concurrent batches. The next batch is decoded while
 * one runs.
 */
public final class BareLoop implements AutoCloseable {
  /** Concurrent batches: the default of a job. */
  public static final int STREAMS = JobOptions.CONCURRENT_BATCHES.defaultValue();

  private static final int FEWEST_FRAMES = 64;

  private final LabelModel model;
  private final List<BenchFrame> frames;
  private final int batchSize;
  private final ImageDecoder decoder;
  private final ExecutorService pool =
      Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
  private final ExecutorService streams = Executors.newFixedThreadPool(STREAMS);
  private final List<Loop> loops = new ArrayList<>();

  /** Opens a loop. The model's owner closes the model. */
  public BareLoop(LabelModel model, List<BenchFrame> frames, int batchSize) {
    this.model = model;
    this.frames = frames;
    this.batchSize = batchSize;
    this.decoder =
        new ImageDecoder(
            model.metadata().width(), model.metadata().height(), Resize.CROP, ImageLimits.DEFAULT);
    for (int stream = 0; stream < STREAMS; stream++) {
      loops.add(new Loop());
    }
  }

  /** Returns about how many frames it labels in this time. Measures for a quarter of it. */
  public int framesFor(double seconds) {
    return (int) Math.max(FEWEST_FRAMES, perSecond(seconds / 4) * seconds);
  }

  /** Labels frames for this time and returns frames per second. */
  public double perSecond(double seconds) {
    List<CompletableFuture<Double>> running =
        loops.stream()
            .map(loop -> CompletableFuture.supplyAsync(() -> loop.perSecond(seconds), streams))
            .toList();
    // Waits for all, also where one fails: the model may be closed next.
    CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).join();
    return running.stream().mapToDouble(CompletableFuture::join).sum();
  }

  @Override
  public void close() {
    streams.shutdownNow();
    pool.shutdownNow();
  }

  /** Loop that runs one batch at a time, and the next. */
  private final class Loop {
    private final ByteBuffer[] pixels = new ByteBuffer[2];
    private final FloatBuffer probabilities =
        OnnxLabelModel.newProbabilities(batchSize, model.metadata().classes());

    Loop() {
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = ByteBuffer.allocateDirect(batchSize * model.metadata().frameBytes());
      }
    }

    double perSecond(double seconds) {
      CompletableFuture<Void> decoded = decode(0);
      decoded.join();
      long begun = System.nanoTime();
      int batches = 0;
      while (System.nanoTime() - begun < seconds * 1e9) {
        CompletableFuture<Void> next = decode(batches + 1);
        model.label(pixels[batches % 2], batchSize, probabilities);
        next.join();
        batches++;
      }
      return batches * batchSize * 1e9 / (System.nanoTime() - begun);
    }

    private CompletableFuture<Void> decode(int batch) {
      List<CompletableFuture<Void>> slots = new ArrayList<>();
      for (int slot = 0; slot < batchSize; slot++) {
        ByteBuffer target =
            pixels[batch % 2].duplicate().position(slot * model.metadata().frameBytes());
        BenchFrame frame = frames.get((batch * batchSize + slot) % frames.size());
        slots.add(CompletableFuture.runAsync(() -> frame.decode(decoder, target), pool));
      }
      return CompletableFuture.allOf(slots.toArray(CompletableFuture[]::new));
    }
  }
}
