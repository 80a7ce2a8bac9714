package dev.framelabel.tools.camera;

import dev.framelabel.kafka.admin.Finding;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Checks of what cameras need on this machine: native libraries, an address that answers, a first
 * picture that decodes. Publish nothing.
 */
public final class CameraChecks {
  private static final int MOST_AT_ONCE = 16;
  private static final Map<String, Integer> PORTS =
      Map.of("http", 80, "https", 443, "rtsp", 554, "rtsps", 322);

  private final AddressGuard guard;
  private final Duration patience;

  /**
   * @param patience how long an address may take to answer, and then the camera to give a picture
   */
  public CameraChecks(AddressGuard guard, Duration patience) {
    this.guard = guard;
    this.patience = patience;
  }

  /** Returns three findings for each camera, in the order of the cameras; trouble is a finding. */
  public List<Finding> of(List<CameraSettings> cameras) {
    ExecutorService threads =
        Executors.newFixedThreadPool(Math.max(1, Math.min(MOST_AT_ONCE, cameras.size())));
    try {
      List<CompletableFuture<List<Finding>>> all =
          cameras.stream()
              .map(camera -> CompletableFuture.supplyAsync(() -> of(camera), threads))
              .toList();
      return all.stream().flatMap(findings -> findings.join().stream()).toList();
    } finally {
      threads.shutdown();
    }
  }

  private List<Finding> of(CameraSettings camera) {
    String subject = "camera " + camera.id() + ", ";
    List<Finding> findings = new ArrayList<>();
    boolean works =
        check(
                findings,
                subject + "native libraries",
                () -> libraries(camera),
                "install the package that is named, or leave the camera out")
            && check(
                findings,
                subject + "address",
                () -> address(camera),
                "check address and network; by hand: ffplay or curl from this machine");
    if (!works) {
      findings.add(Finding.skipped(subject + "first picture", "the check before has failed"));
    } else if (isEmptyAndWatched(camera)) {
      findings.add(Finding.skipped(subject + "first picture", "the watched folder is empty"));
    } else {
      boolean ignored =
          check(
              findings,
              subject + "first picture",
              () -> CameraProbe.firstPicture(camera, guard, patience),
              "see docs/guides/cameras.md, section 'Camera shows nothing'");
    }
    return findings;
  }

  /** One check. */
  private interface Check {
    /** Returns what was found. */
    String run() throws IOException, InterruptedException;
  }

  private static boolean check(List<Finding> findings, String subject, Check check, String cure) {
    try {
      findings.add(Finding.ok(subject, check.run()));
      return true;
    } catch (IOException | RuntimeException e) {
      findings.add(Finding.failed(subject, String.valueOf(e.getMessage()), cure));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      findings.add(Finding.skipped(subject, "interrupted"));
    }
    return false;
  }

  private static String libraries(CameraSettings camera) throws IOException {
    FFmpeg.load();
    if (camera.kind() == CameraAddress.Kind.USB) {
      FFmpeg.loadDevices();
    }
    return "they load";
  }

  private String address(CameraSettings camera) throws IOException {
    if (camera.kind() != CameraAddress.Kind.HTTP && camera.kind() != CameraAddress.Kind.RTSP) {
      return camera.shown();
    }
    URI address;
    try {
      address = URI.create(camera.address());
    } catch (IllegalArgumentException e) {
      throw new IOException(camera.shown() + " is no address: write other characters as %XX", e);
    }
    guard.check(address);
    int port =
        address.getPort() < 0
            ? PORTS.get(address.getScheme().toLowerCase(Locale.ROOT))
            : address.getPort();
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(address.getHost(), port), Math.toIntExact(patience.toMillis()));
      return camera.shown() + " answers";
    } catch (IOException e) {
      throw new IOException(
          "%s does not answer: %s; expected a camera at port %d"
              .formatted(camera.shown(), e.getMessage(), port),
          e);
    }
  }

  private static boolean isEmptyAndWatched(CameraSettings camera) {
    try {
      return camera.repeat() == CameraSettings.Repeat.WATCH
          && FolderSource.pictures(Path.of(camera.address())).isEmpty();
    } catch (IOException e) {
      return false;
    }
  }
}
