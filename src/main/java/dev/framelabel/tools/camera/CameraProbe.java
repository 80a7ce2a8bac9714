package dev.framelabel.tools.camera;

import dev.framelabel.image.BadImageException;
import dev.framelabel.image.ImageDecoder;
import dev.framelabel.image.ImageHeader;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.Resize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Probe that reads a camera until its first picture, to tell before a start whether the camera
 * works.
 */
public final class CameraProbe implements PictureSource.Sink {
  private static final int MOST_UNDECODABLE = 20;
  private static final int SIDE = 32;

  private final CompletableFuture<String> first = new CompletableFuture<>();
  private int undecodable;
  private String last;

  private CameraProbe() {}

  /**
   * Returns size and format of the first picture that can be decoded. Blocks until it is there.
   *
   * @throws IOException if the source fails, ends without such a picture, or gives none in time
   */
  public static String firstPicture(CameraSettings camera, AddressGuard guard, Duration patience)
      throws IOException, InterruptedException {
    CameraProbe probe = new CameraProbe();
    Thread thread = new Thread(() -> probe.read(camera, guard), "framelabel-camera-probe");
    thread.setDaemon(true);
    thread.start();
    try {
      return probe.first.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IOException(camera.masked(String.valueOf(e.getCause().getMessage())), e);
    } catch (TimeoutException e) {
      throw new IOException(
          "found no picture within %d s; is it switched on, and is the address right?"
              .formatted(patience.toSeconds()),
          e);
    } finally {
      probe.first.cancel(false);
      thread.interrupt();
    }
  }

  private void read(CameraSettings camera, AddressGuard guard) {
    try {
      CameraPublisher.source(camera, guard).read(this);
      first.completeExceptionally(undecodable());
    } catch (IOException | InterruptedException | RuntimeException | LinkageError e) {
      first.completeExceptionally(e);
    }
  }

  @Override
  public void take(CapturedPicture picture) {
    byte[] file = picture.file().array();
    try {
      ByteBuffer pixels = ByteBuffer.allocateDirect(SIDE * SIDE * 3);
      new ImageDecoder(SIDE, SIDE, Resize.STRETCH, ImageLimits.DEFAULT).decode(file, pixels);
      ImageHeader header = ImageHeader.read(ByteBuffer.wrap(file), ImageLimits.DEFAULT);
      first.complete(
          "%d x %d pixels, %s".formatted(header.width(), header.height(), header.format()));
    } catch (BadImageException e) {
      refuse(e.getMessage());
    }
  }

  @Override
  public void refuse(String why) {
    last = why;
    if (++undecodable >= MOST_UNDECODABLE) {
      first.completeExceptionally(undecodable());
    }
  }

  private IOException undecodable() {
    return new IOException(
        last == null
            ? "found no picture; expected at least one"
            : "found %d pictures that cannot be decoded; the last: %s"
                .formatted(undecodable, last));
  }

  @Override
  public boolean wants() {
    return true;
  }

  @Override
  public void skip() {}

  @Override
  public void alive() {}

  @Override
  public void clock(Instant cameraTime) {}

  @Override
  public boolean stops() {
    return first.isDone();
  }
}
