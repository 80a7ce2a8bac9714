package dev.framelabel.tools.wall;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.framelabel.event.CameraStatus;
import dev.framelabel.event.Label;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.RejectedFrame;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** The wall's JSON, as its OpenAPI file describes it. */
final class WallJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int TILE_LABELS = 3;

  private WallJson() {}

  static String write(Object node) {
    try {
      return MAPPER.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new AssertionError("a tree of nodes can always be written", e);
    }
  }

  /** Returns a whole camera, with its time line. */
  static ObjectNode camera(CameraBoard board, Instant now) {
    ObjectNode node = tile(board, now);
    ArrayNode timeline = node.putArray("timeline");
    board.timeline(now).forEach(label -> timeline.add(text(label)));
    return node;
  }

  /** Returns the fields of a tile that change from moment to moment. */
  static ObjectNode tile(CameraBoard board, Instant now) {
    ObjectNode node = NODES.objectNode();
    node.put("camera", board.cameraId());
    node.put("state", lower(board.state(now)));
    node.put("picture", board.pictureFrame(now));
    node.put("fps", round(board.framesPerSecond(now)));
    node.put("frames", board.framesSeen());
    node.put("rejected", board.rejected());
    putTime(node, "lastFrameAt", board.lastFrameAt().orElse(null));
    board.shown().ifPresent(shown -> putResult(node, shown, TILE_LABELS));
    board.status().ifPresent(status -> node.set("publisher", publisher(status)));
    return node;
  }

  /** Returns one result of a camera's history. */
  static ObjectNode result(ObservedResult observed) {
    ObjectNode node = NODES.objectNode();
    node.put("camera", observed.outcome().cameraId());
    node.put("frame", observed.outcome().frameId());
    putResult(node, observed, ObservedResult.MAX_LABELS);
    node.put("withdrawn", observed.standing() == ObservedResult.Standing.WITHDRAWN);
    if (observed.outcome() instanceof RejectedFrame bad) {
      node.put("rejected", bad.kind().name());
      node.put("reason", text(bad.reason()));
    }
    return node;
  }

  private static void putResult(ObjectNode node, ObservedResult observed, int maxLabels) {
    putTime(node, "capturedAt", observed.capturedAt());
    node.put("committed", observed.committed());
    observed.latencyMillis().ifPresent(millis -> node.put("latencyMillis", round(millis)));
    if (observed.outcome() instanceof LabelledFrame frame) {
      node.set("labels", labels(frame.labels(), maxLabels));
      ObjectNode timings = node.putObject("timings");
      timings.put("decodeMicros", frame.timings().decodeMicros());
      timings.put("queueMicros", frame.timings().queueMicros());
      timings.put("inferenceMicros", frame.timings().inferenceMicros());
      timings.put("batchSize", frame.timings().batchSize());
    }
  }

  private static ArrayNode labels(List<Label> labels, int max) {
    ArrayNode array = NODES.arrayNode();
    labels.stream()
        .limit(max)
        .forEach(
            label ->
                array
                    .addObject()
                    .put("label", text(label.label()))
                    .put("score", Math.round(label.score() * 1e4) / 1e4));
    return array;
  }

  private static ObjectNode publisher(CameraStatus status) {
    ObjectNode node = NODES.objectNode();
    node.put("state", lower(status.state()));
    putTime(node, "reportedAt", status.reportedAt());
    node.put("fpsIn", round(status.fpsIn()));
    node.put("fpsOut", round(status.fpsOut()));
    node.put("dropped", status.dropped());
    status.clockSkewMillis().ifPresent(skew -> node.put("clockSkewMillis", skew));
    node.put("lastError", text(status.lastError()));
    return node;
  }

  /** Returns the panel. */
  static ObjectNode summary(WallModel.Summary summary, int viewers, Instant now) {
    ObjectNode node = NODES.objectNode();
    putTime(node, "now", now);
    node.putObject("broker")
        .put("reachable", summary.brokerReachable())
        .put("fault", text(summary.brokerFault()));
    node.put("cameras", summary.cameras());
    node.put("viewers", viewers);
    node.put("model", text(summary.model()));
    node.put("framesPerSecond", round(summary.framesPerSecond()));
    node.put("labelledPerSecond", round(summary.labelledPerSecond()));
    node.put("batchSize", round(summary.batchSize()));
    node.putObject("latencyMillis")
        .put("p50", round(summary.latencyP50()))
        .put("p95", round(summary.latencyP95()))
        .put("p99", round(summary.latencyP99()));
    node.put("frames", summary.frames());
    node.put("labelled", summary.labelled());
    node.put("unreadable", summary.unreadable());
    node.put("skipped", summary.skipped());
    node.put("unseenCameras", summary.unseenCameras());
    ObjectNode kinds = node.putObject("rejectedByKind");
    summary.rejectedByKind().forEach((kind, count) -> kinds.put(kind.name(), count));
    ArrayNode samples = node.putArray("rejectedSamples");
    summary.rejectedSamples().forEach(sample -> samples.add(result(sample)));
    return node;
  }

  private static void putTime(ObjectNode node, String name, Instant time) {
    if (time != null) {
      node.put(name, time.toEpochMilli());
    }
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static String text(String text) {
    return ObservedResult.shortened(text);
  }

  private static double round(double value) {
    return Math.round(value * 10) / 10.0;
  }
}
