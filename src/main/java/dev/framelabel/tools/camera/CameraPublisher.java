package dev.framelabel.tools.camera;

import dev.framelabel.event.CameraStatus;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.tools.clients.FramePublisher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Publisher of the frames of many cameras, and each second of their status. */
public final class CameraPublisher {
  private static final int RECORD_OVERHEAD = 1_024;
  private static final long FINISHING_NANOS = 3_000_000_000L;
  private static final Duration CLOSING = Duration.ofSeconds(1);

  private final PublishSettings settings;
  private final List<CameraSettings> cameras;
  private final CountDownLatch stopped = new CountDownLatch(1);

  /**
   * Prepares the cameras; {@link #run} opens them.
   *
   * @throws IllegalArgumentException if there is no camera, or two have one id
   */
  public CameraPublisher(PublishSettings settings, List<CameraSettings> cameras) {
    this.settings = settings;
    this.cameras = List.copyOf(cameras);
    long names = cameras.stream().map(CameraSettings::id).distinct().count();
    if (cameras.isEmpty()) {
      throw new IllegalArgumentException("no camera is given; expected a source or a file of them");
    }
    if (names < cameras.size()) {
      throw new IllegalArgumentException(
          cameras.size() + " cameras with " + names + " ids; expected an id of its own for each");
    }
  }

  /**
   * Runs until {@link #stop}, or until all cameras have ended.
   *
   * @param progress gets the status of all cameras, once a second
   * @return the last status of all cameras
   * @throws IllegalStateException if FFmpeg does not load; says which library is missing
   */
  public List<CameraStatus> run(Consumer<List<CameraStatus>> progress) throws InterruptedException {
    FFmpeg.load();
    int limit = maxRecordBytes();
    try (FramePublisher frames = new FramePublisher(client(limit), settings.framesTopic(), limit);
        FrameSender sender = new FrameSender(frames::publish, CameraTime.SYSTEM);
        CameraStatusPublisher heartbeats =
            new CameraStatusPublisher(settings.client(), settings.camerasTopic())) {
      List<CameraWorker> workers =
          cameras.stream().map(camera -> worker(camera, limit, sender)).toList();
      sender.start(workers.stream().map(CameraWorker::stream).toList());
      boolean running = true;
      while (running) {
        running =
            !stopped.await(1, TimeUnit.SECONDS)
                && workers.stream().anyMatch(CameraWorker::isRunning)
                && sender.death().isEmpty()
                && heartbeats.death().isEmpty();
        List<CameraStatus> statuses = statuses(workers);
        heartbeats.report(statuses);
        progress.accept(statuses);
      }
      workers.forEach(CameraWorker::stop);
      finish(workers);
      sender.close();
      frames.close(CLOSING);
      sender.death().or(heartbeats::death).ifPresent(why -> loseAll(workers, why));
      List<CameraStatus> last = statuses(workers);
      heartbeats.report(last);
      return last;
    }
  }

  /** Waits a while for the broker to take what is queued; the rest is dropped, and counted. */
  private static void finish(List<CameraWorker> workers) throws InterruptedException {
    long end = System.nanoTime() + FINISHING_NANOS;
    while (workers.stream().anyMatch(CameraWorker::isRunning) && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    for (CameraWorker worker : workers) {
      worker.stream().health().dropped(worker.stream().queue().discard());
    }
  }

  /**
   * Marks all cameras as lost: a publisher is of no use without its only sender, or without states.
   */
  private static void loseAll(List<CameraWorker> workers, String why) {
    workers.forEach(worker -> worker.stream().health().lost(why + "; start the publisher again"));
  }

  private static List<CameraStatus> statuses(List<CameraWorker> workers) {
    for (CameraWorker worker : workers) {
      worker.death().ifPresent(worker.stream().health()::lost);
    }
    return workers.stream().map(worker -> worker.stream().health().status()).toList();
  }

  public void stop() {
    stopped.countDown();
  }

  private CameraWorker worker(CameraSettings camera, int limit, FrameSender sender) {
    long queueBytes = settings.bufferBytes() / cameras.size();
    CameraStream stream =
        new CameraStream(
            camera, maxImageBytes(camera, limit), queueBytes, sender::wake, CameraTime.SYSTEM);
    CameraWorker.Opener opener = opener(camera);
    return new CameraWorker(stream, opener, settings.once(), CameraWorker.PATIENCE_NANOS);
  }

  private CameraWorker.Opener opener(CameraSettings camera) {
    if (camera.repeat() == CameraSettings.Repeat.WATCH) {
      // One for all attempts, for it knows what it has seen.
      PictureSource watched = new WatchedFolder(Path.of(camera.address()));
      return () -> watched;
    }
    return () -> source(camera, settings.guard());
  }

  static PictureSource source(CameraSettings camera, AddressGuard guard) throws IOException {
    return switch (camera.kind()) {
      case FOLDER -> new FolderSource(Path.of(camera.address()));
      case HTTP -> new HttpSource(camera.address(), guard, poll(camera));
      case FILE, USB, RTSP -> VideoSource.of(camera.address(), camera.picture()).behind(guard);
    };
  }

  private static Duration poll(CameraSettings camera) {
    return Duration.ofMillis(Math.max(1, (long) (1_000 * camera.pollSeconds())));
  }

  /** Returns the largest picture; a frame is a little larger than its picture. */
  private static int maxImageBytes(CameraSettings camera, int limit) {
    int texts = camera.id().getBytes(StandardCharsets.UTF_8).length * 2;
    for (Map.Entry<String, String> attribute : camera.attributes().entrySet()) {
      texts +=
          16 + (attribute.getKey() + attribute.getValue()).getBytes(StandardCharsets.UTF_8).length;
    }
    return Math.max(1, limit - RECORD_OVERHEAD - texts);
  }

  private int maxRecordBytes() {
    return settings.maxRecordBytes() > 0
        ? settings.maxRecordBytes()
        : Topics.maxRecordBytes(settings.client(), settings.framesTopic())
            .orElse(PublishSettings.USUAL_RECORD_BYTES);
  }

  /** Returns what cameras need of the client, where the user says nothing else. */
  private Map<String, String> client(int maxRecordBytes) {
    Map<String, String> client = new HashMap<>();
    // JPEG does not become smaller.
    client.put("compression.type", "none");
    // An old frame is worth less than a new one.
    client.put("delivery.timeout.ms", "30000");
    client.put("request.timeout.ms", "10000");
    client.put("max.block.ms", "10000");
    client.put("buffer.memory", Long.toString(Math.max(32L << 20, 4L * maxRecordBytes)));
    client.putAll(settings.client());
    return client;
  }
}
