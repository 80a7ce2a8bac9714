package dev.framelabel.camera;

import dev.framelabel.event.CameraStatus;
import dev.framelabel.kafka.FramePublisher;
import dev.framelabel.wire.CameraStatuses;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Publishes the frames of many cameras, and each second how they do. */
public final class CameraPublisher {
  private final CountDownLatch stopped = new CountDownLatch(1);

  /**
   * Runs until {@link #stop}, or until all cameras have ended.
   *
   * @param once do not open a lost camera again
   * @param progress is told how all cameras do, once a second
   * @return how all cameras did at last
   */
  public List<CameraStatus> run(
      Map<String, String> client,
      String framesTopic,
      String camerasTopic,
      int maxRecordBytes,
      List<CameraSettings> cameras,
      boolean once,
      Consumer<List<CameraStatus>> progress)
      throws InterruptedException {
    CameraStatuses codec = new CameraStatuses();
    try (FramePublisher frames = new FramePublisher(client, framesTopic, maxRecordBytes);
        FramePublisher heartbeats = new FramePublisher(client, camerasTopic, maxRecordBytes)) {
      List<CameraWorker> workers =
          cameras.stream().map(camera -> new CameraWorker(camera, frames, once)).toList();
      boolean running = true;
      List<CameraStatus> statuses = List.of();
      while (running) {
        running =
            !stopped.await(1, TimeUnit.SECONDS)
                && workers.stream().anyMatch(CameraWorker::isRunning);
        statuses = workers.stream().map(CameraWorker::status).toList();
        for (CameraStatus status : statuses) {
          CompletableFuture<Void> ignored =
              heartbeats.publish(status.cameraId(), codec.write(status));
        }
        progress.accept(statuses);
      }
      workers.forEach(CameraWorker::stop);
      return statuses;
    }
  }

  public void stop() {
    stopped.countDown();
  }
}
