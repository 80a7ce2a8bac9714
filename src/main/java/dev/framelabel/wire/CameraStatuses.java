package dev.framelabel.wire;

import dev.framelabel.avro.CameraState;
import dev.framelabel.event.CameraStatus;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Codec of camera statuses in Kafka values. Not thread-safe. */
public final class CameraStatuses {
  private final AvroCodec<dev.framelabel.avro.CameraStatus> codec =
      new AvroCodec<>(
          new dev.framelabel.avro.CameraStatus().getSpecificData(),
          dev.framelabel.avro.CameraStatus.SCHEMA$,
          List.of(),
          Optional.empty());

  public byte[] write(CameraStatus status) {
    return codec.write(
        new dev.framelabel.avro.CameraStatus(
            status.cameraId(),
            CameraState.valueOf(status.state().name()),
            status.reportedAt(),
            status.lastFrameAt().orElse(null),
            status.framesIn(),
            status.framesOut(),
            status.dropped(),
            status.fpsIn(),
            status.fpsOut(),
            status.clockSkewMillis().isPresent() ? status.clockSkewMillis().getAsLong() : null,
            status.reconnects(),
            status.lastError(),
            status.source()),
        OutputFormat.SINGLE_OBJECT);
  }

  /**
   * Reads a record's value.
   *
   * @throws IOException if the bytes are no camera status
   */
  public CameraStatus read(byte[] value) throws IOException {
    dev.framelabel.avro.CameraStatus avro = codec.read(value);
    Long skew = avro.getClockSkewMillis();
    return new CameraStatus(
        avro.getCameraId(),
        CameraStatus.State.valueOf(avro.getState().name()),
        avro.getReportedAt(),
        Optional.ofNullable(avro.getLastFrameAt()),
        avro.getFramesIn(),
        avro.getFramesOut(),
        avro.getDropped(),
        avro.getFpsIn(),
        avro.getFpsOut(),
        skew == null ? OptionalLong.empty() : OptionalLong.of(skew),
        avro.getReconnects(),
        avro.getLastError(),
        avro.getSource());
  }
}
