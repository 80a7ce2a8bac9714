package dev.framelabel.tools.camera;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.CameraStatus;
import dev.framelabel.event.CameraStatus.State;
import dev.framelabel.event.Frame;
import dev.framelabel.tools.camera.CameraSettings.Repeat;
import dev.framelabel.tools.demo.EmbeddedBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real streams that break, freeze and come back. */
final class CameraStreamsIT {
  /** Ten seconds, and one until the heartbeat, and one for a machine that is full. */
  private static final Duration RESTART = Duration.ofSeconds(12);

  @TempDir private Path folder;

  @Test
  void run_streamsBreakFreezeAndComeBack_areLiveAgain() throws Exception {
    MjpegServer.assumeInstalled();
    try (RtspServer rtsp = new RtspServer(folder);
        MjpegServer mjpeg = new MjpegServer(folder)) {
      rtsp.assumeInstalled();
      rtsp.start("smpte");
      mjpeg.start();
      try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"));
          CameraWatch watch = new CameraWatch(broker.client(), "s", 1 << 20)) {
        CameraPublisher publisher = publisher(broker, rtsp, mjpeg);
        Thread running = CameraPublisherIT.start(publisher);
        try {
          breakAll(watch, rtsp, mjpeg);
        } finally {
          publisher.stop();
          running.join(30_000);
        }
        judge(watch);
      }
    }
  }

  /** Each fault strikes one camera; the other has to go on. */
  private static void breakAll(CameraWatch watch, RtspServer rtsp, MjpegServer mjpeg)
      throws Exception {
    watch.awaitState("rtsp", State.LIVE);
    watch.awaitState("mjpeg", State.LIVE);

    mjpeg.kill();
    watch.awaitState("mjpeg", State.LOST);
    assertThat(watch.status("rtsp").state()).isEqualTo(State.LIVE);
    mjpeg.start();
    watch.awaitState("mjpeg", State.LIVE);

    rtsp.freeze();
    CameraStatus frozen = watch.awaitState("rtsp", State.LOST);
    assertThat(Duration.between(frozen.lastFrameAt().orElseThrow(), frozen.reportedAt()))
        .isLessThan(RESTART);
    assertThat(watch.status("mjpeg").state()).isEqualTo(State.LIVE);
    rtsp.kill();
    rtsp.start("black");
    watch.awaitState("rtsp", State.BLACK);

    rtsp.kill();
    watch.awaitState("rtsp", State.LOST);
    rtsp.start("solid-color foreground-color=0xff808080");
    watch.awaitState("rtsp", State.LIVE);
    watch.awaitState("rtsp", State.FROZEN);

    mjpeg.freeze();
    watch.awaitState("mjpeg", State.LOST);
    mjpeg.kill();
    mjpeg.start();
    watch.awaitState("mjpeg", State.LIVE);
  }

  private static void judge(CameraWatch watch) {
    CameraStatus rtsp = watch.awaitState("rtsp", State.ENDED);
    CameraStatus mjpeg = watch.awaitState("mjpeg", State.ENDED);
    List<Frame> frames = watch.awaitFrames((int) (rtsp.framesOut() + mjpeg.framesOut()));
    Set<String> ids = new HashSet<>();
    assertThat(frames).allMatch(frame -> ids.add(frame.frameId()));
    assertThat(frames)
        .allSatisfy(f -> assertThat(f.image().bytes().array()).startsWith(0xFF, 0xD8, 0xFF));
    for (CameraStatus status : List.of(rtsp, mjpeg)) {
      assertThat(status.reconnects()).isGreaterThanOrEqualTo(2);
      assertThat(status.framesIn()).isEqualTo(status.framesOut() + status.dropped());
    }
    assertThat(rtsp.clockSkewMillis()).isPresent();
    assertThat(rtsp.clockSkewMillis().getAsLong()).isBetween(-5_000L, 5_000L);
  }

  private static CameraPublisher publisher(
      EmbeddedBroker broker, RtspServer rtsp, MjpegServer mjpeg) {
    PublishSettings settings =
        new PublishSettings(
            broker.client(), "s", "s-cameras", 0, 16 << 20, false, AddressGuard.STRICT);
    return new CameraPublisher(
        settings, List.of(camera("rtsp", rtsp.address()), camera("mjpeg", mjpeg.address())));
  }

  private static CameraSettings camera(String id, String address) {
    return new CameraSettings(
        id, address, 0, Repeat.ONCE, PictureSettings.AS_IT_COMES, 1, Map.of("kind", id));
  }
}
