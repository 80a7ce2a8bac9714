package dev.framelabel.tools.wall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.Frame;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/**
 * What 64 live cameras cost a browser: 5 frames of 320x240 pixels a second from each. Three
 * minutes; {@code mvn -Dtest=WallMeasurement test} runs it, nothing else does. Writes {@code
 * target/wall-measurement.txt}.
 */
class WallMeasurement extends WallInBrowser {
  private static final int CAMERAS = 64;
  private static final int FRAMES_A_SECOND = 5;
  private static final int AT_ONCE = 8;
  private static final int PICTURES = 100;
  private static final int SECONDS = 60;
  private static final String[] LABELS = {"person", "car", "bicycle", "dog", "nothing"};

  private final List<byte[]> pictures = new ArrayList<>();
  private final StringBuilder report = new StringBuilder();

  @Test
  void cameras_sixtyFour_costTheBrowser() throws Exception {
    for (int i = 0; i < PICTURES; i++) {
      pictures.add(picture(i));
    }
    report.append("bytes of a picture: ").append(pictures.get(0).length).append('\n');
    measure("1920x1080", 1920, 1080);
    measure("all tiles in sight, 2560x3600", 2560, 3600);
    Files.writeString(Path.of("target", "wall-measurement.txt"), report);
    System.out.print(report);
  }

  private void measure(String name, int width, int height) throws Exception {
    Chromium.screen(browser, width, height, false);
    try (Load load = new Load()) {
      page.open(wall.address());
      page.until("64 tiles", "return document.querySelectorAll('.tile').length === 64");
      load.run(10);
      page.script(COUNT_PICTURES);
      long heapBefore = heap();
      Map<String, ChromiumUsage.Usage> before = ChromiumUsage.now();
      long begun = System.nanoTime();
      load.run(SECONDS);
      Map<String, ChromiumUsage.Usage> after = ChromiumUsage.now();
      double seconds = (System.nanoTime() - begun) / 1e9;
      report.append("== ").append(name).append('\n');
      report.append("pictures a second and tile (tiles, least, mean, most): ");
      report.append(page.script(PICTURES_SEEN, seconds)).append('\n');
      report.append("JS heap, kB: ").append(heapBefore).append(" -> ").append(heap()).append('\n');
      after.forEach((kind, usage) -> report.append(usage.since(kind, before.get(kind), seconds)));
      assertThat((Double) page.script(MOST_PICTURES, seconds)).isLessThanOrEqualTo(5.1);
    }
  }

  private static final String COUNT_PICTURES =
      """
      window.loads = new Map();
      for (const image of document.querySelectorAll('.tile img')) {
        if (!image.counted) image.addEventListener('load', () => window.loads.set(image, (window.loads.get(image) || 0) + 1));
        image.counted = true;
      }
      """;

  private static final String PICTURES_SEEN =
      """
      const counts = [...window.loads.values()].map((count) => count / arguments[0]);
      const mean = counts.reduce((a, b) => a + b, 0) / counts.length;
      return [counts.length, Math.min(...counts).toFixed(2), mean.toFixed(2), Math.max(...counts).toFixed(2)].join(', ');
      """;

  private static final String MOST_PICTURES =
      "return 0.0001 + Math.max(...window.loads.values()) / arguments[0]";

  /** Kilobytes of the page's objects after a collection. */
  private static long heap() {
    browser.executeCdpCommand("HeapProfiler.collectGarbage", Map.of());
    Number used =
        (Number) browser.executeCdpCommand("Runtime.getHeapUsage", Map.of()).get("usedSize");
    return used.longValue() >> 10;
  }

  private static byte[] picture(int number) throws IOException {
    BufferedImage image = new BufferedImage(320, 240, BufferedImage.TYPE_INT_RGB);
    RandomGenerator random = new Random(number);
    for (int y = 0; y < 240; y++) {
      for (int x = 0; x < 320; x++) {
        int noise = random.nextInt(16);
        image.setRGB(x, y, ((x / 2 + noise) << 16) | ((y / 2 + noise) << 8) | (90 + noise));
      }
    }
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.ORANGE);
    graphics.fillOval(number * 3 % 280, 60 + number % 40, 60, 90);
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "jpeg", bytes);
    return bytes.toByteArray();
  }

  /** Cameras and the job, as far as topics show them. */
  private final class Load implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer =
        records.producer(Map.of("linger.ms", "5"));
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private volatile CountDownLatch left = new CountDownLatch(0);
    private int turn;

    Load() {
      int perSecond = CAMERAS * FRAMES_A_SECOND / AT_ONCE;
      Future<?> ignored =
          clock.scheduleAtFixedRate(this::send, 0, 1_000_000 / perSecond, TimeUnit.MICROSECONDS);
    }

    private void send() {
      for (int i = 0; i < AT_ONCE; i++) {
        int number = turn++;
        Frame frame =
            records.frame(
                "camera-" + (number % CAMERAS + 1), Instant.now(), pictures.get(number % PICTURES));
        put(records.frameRecord(frame));
        String label = LABELS[number / 1_000 % LABELS.length];
        put(records.labelRecord(frame, label, 0.8));
        left.countDown();
      }
    }

    private void put(ProducerRecord<byte[], byte[]> entry) {
      Future<?> ignored = producer.send(entry);
    }

    /** Waits until the cameras have sent for so many seconds. */
    void run(int seconds) throws InterruptedException {
      left = new CountDownLatch(seconds * CAMERAS * FRAMES_A_SECOND);
      assertThat(left.await(4L * seconds, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void close() {
      clock.shutdownNow();
      producer.close();
    }
  }
}
