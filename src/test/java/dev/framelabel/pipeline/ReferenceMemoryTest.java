package dev.framelabel.pipeline;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.config.JobOptions;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.TestImages;
import dev.framelabel.model.Device;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.ModelMetadata;
import dev.framelabel.model.ModelOpener;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.model.TestModels;
import dev.framelabel.testing.cluster.Await;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Images by reference of 256 MiB together, through a limit of 16 MiB. */
@Timeout(240)
class ReferenceMemoryTest {
  private static final int FRAMES = 32;
  private static final int MIB = 1 << 20;
  private static final long LIMIT_BYTES = 16 * MIB;
  private static final int FREE_FOR_URIS = 64 << 10;

  /** Opened once for this class: the device waits until a test lets it go on. */
  private static final CountDownLatch RELEASED = new CountDownLatch(1);

  @TempDir private Path folder;

  @Test
  void label_manyLargeReferences_neverHoldsMoreThanTheLimit() throws Exception {
    Path image = Files.write(folder.resolve("large.jpg"), jpeg(8 * MIB - FREE_FOR_URIS));
    Configuration configuration = new Configuration();
    configuration.set(JobOptions.MODEL, TestModels.colour().toString());
    configuration.set(JobOptions.DEVICE, "cpu");
    configuration.set(JobOptions.IMAGE_URI_PREFIXES, folder.toUri().toString());
    configuration.set(JobOptions.IN_FLIGHT_SIZE, new MemorySize(LIMIT_BYTES));
    configuration.set(JobOptions.MAX_QUEUE_DELAY, "1 ms");
    long before = usedHeap();
    JobOptions options = new JobOptions(configuration);
    try (LeasedClassifier leased =
        new LeasedClassifier(
            options, "cpu", Waiting.OPENER, WorkerClassifiers.OF_THIS_PROCESS.get())) {
      List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < FRAMES; i++) {
        outcomes.add(leased.label(frame(i, image)));
      }
      // No image is done, so what is read is held: as many as there is room for, and no more.
      Await.until(
          "two images are read",
          Duration.ofMinutes(1),
          () -> leased.inFlightBytes() > LIMIT_BYTES - MIB);
      assertThat(usedHeap() - before).isLessThan(LIMIT_BYTES + 48 * MIB);
      assertThat(leased.inFlightBytes()).isLessThanOrEqualTo(LIMIT_BYTES);
      RELEASED.countDown();
      for (CompletableFuture<Outcome> outcome : outcomes) {
        while (!outcome.isDone()) {
          assertThat(leased.inFlightBytes()).isLessThanOrEqualTo(LIMIT_BYTES);
          Thread.onSpinWait();
        }
        assertThat(outcome.join()).isInstanceOf(LabelledFrame.class);
      }
      assertThat(leased.inFlightBytes()).isZero();
    }
  }

  private static Frame frame(int number, Path image) {
    return new Frame(
        "cam",
        "frame-" + number,
        TestEvents.CAPTURED,
        Image.reference(image.toUri().toString()),
        Map.of(),
        TestEvents.SOURCE);
  }

  /** A good picture with comments, so that its file has so many bytes. */
  private static byte[] jpeg(int bytes) throws IOException {
    byte[] picture = TestImages.jpeg(64, 48, Color.BLUE);
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes);
    out.write(picture, 0, 2);
    int comment = 0xFFFF;
    byte[] text = "x".repeat(comment - 2).getBytes(US_ASCII);
    while (out.size() + comment + 2 + picture.length <= bytes) {
      out.write(new byte[] {(byte) 0xFF, (byte) 0xFE, (byte) 0xFF, (byte) 0xFF});
      out.write(text);
    }
    out.write(picture, 2, picture.length - 2);
    return out.toByteArray();
  }

  private static long usedHeap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** A real model that answers nothing until it is let go on. */
  private enum Waiting implements ModelOpener {
    OPENER;

    @Override
    public LabelModel open(Path file, SessionSettings settings) {
      LabelModel model = LabelModel.open(file, settings);
      return new LabelModel() {
        @Override
        public ModelMetadata metadata() {
          return model.metadata();
        }

        @Override
        public Device device() {
          return model.device();
        }

        @Override
        public void label(ByteBuffer frames, int count, FloatBuffer probabilities) {
          try {
            RELEASED.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
          }
          model.label(frames, count, probabilities);
        }

        @Override
        public void close() {
          model.close();
        }
      };
    }
  }
}
