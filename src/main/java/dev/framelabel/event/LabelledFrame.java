package dev.framelabel.event;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The labels of one frame. Immutable.
 *
 * @param labelledAt when the model was done, by the worker's clock
 * @param labels the classes with the highest scores, best first
 * @param headers the frame record's headers that go on to this one's
 */
public record LabelledFrame(
    String cameraId,
    String frameId,
    Instant capturedAt,
    Instant labelledAt,
    List<Label> labels,
    ModelIdentity model,
    SourcePosition source,
    Timings timings,
    Map<String, String> attributes,
    Map<String, String> headers)
    implements Outcome {
  public LabelledFrame {
    requireNonNull(cameraId, "cameraId");
    requireNonNull(frameId, "frameId");
    requireNonNull(capturedAt, "capturedAt");
    requireNonNull(labelledAt, "labelledAt");
    labels = List.copyOf(labels);
    requireNonNull(model, "model");
    requireNonNull(source, "source");
    requireNonNull(timings, "timings");
    attributes = Map.copyOf(attributes);
    headers = Map.copyOf(headers);
  }
}
