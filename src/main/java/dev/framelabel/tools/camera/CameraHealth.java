package dev.framelabel.tools.camera;

import dev.framelabel.event.CameraStatus;
import dev.framelabel.event.CameraStatus.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** Health of one camera. Thread-safe. */
final class CameraHealth {
  private final CameraSettings settings;
  private final CameraTime time;
  private State state = State.CONNECTING;
  private Instant lastFrameAt;
  private String lastError = "";
  private Long skewMillis;
  private long in;
  private long out;
  private long dropped;
  private long reconnects;
  private long statusAtNanos;
  private long statusIn;
  private long statusOut;

  CameraHealth(CameraSettings settings, CameraTime time) {
    this.settings = settings;
    this.time = time;
    statusAtNanos = time.nanoTime();
  }

  synchronized void came(Instant capturedAt, PictureCheck.Look look) {
    in++;
    lastFrameAt = capturedAt;
    state =
        switch (look) {
          case FINE -> State.LIVE;
          case FROZEN -> State.FROZEN;
          case BLACK -> State.BLACK;
        };
  }

  /** Counts a picture that arrived, and was dropped because it was not needed. */
  synchronized void skipped() {
    in++;
    dropped++;
  }

  synchronized void sent() {
    out++;
  }

  synchronized void dropped(int frames) {
    dropped += frames;
  }

  /** Counts a dropped frame whose reason people should know. */
  synchronized void refused(String why) {
    dropped++;
    says(why);
  }

  /** Notes a problem that people should know and that does not end the camera. */
  synchronized void says(String why) {
    lastError = settings.masked(String.valueOf(why));
  }

  synchronized void lost(String why) {
    state = State.LOST;
    says(why);
  }

  synchronized void ended() {
    state = State.ENDED;
  }

  synchronized void reconnects() {
    reconnects++;
  }

  /** Notes the time that the camera's clock has just shown, if it can be one. */
  synchronized void clock(Instant cameraTime) {
    if (CameraTime.canBe(cameraTime)) {
      skewMillis = Duration.between(time.now(), cameraTime).toMillis();
    }
  }

  synchronized State state() {
    return state;
  }

  synchronized long framesIn() {
    return in;
  }

  /** Returns the status now; the rates are those since the call before. One thread calls this. */
  synchronized CameraStatus status() {
    long now = time.nanoTime();
    double seconds = Math.max(1e-3, (now - statusAtNanos) / 1e9);
    CameraStatus status =
        new CameraStatus(
            settings.id(),
            state,
            time.now(),
            Optional.ofNullable(lastFrameAt),
            in,
            out,
            dropped,
            (float) ((in - statusIn) / seconds),
            (float) ((out - statusOut) / seconds),
            skewMillis == null ? OptionalLong.empty() : OptionalLong.of(skewMillis),
            reconnects,
            lastError,
            settings.shown());
    statusAtNanos = now;
    statusIn = in;
    statusOut = out;
    return status;
  }
}
