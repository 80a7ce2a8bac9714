package dev.framelabel.wire;

import static java.util.Objects.requireNonNull;

import dev.framelabel.event.Bytes;
import dev.framelabel.event.SourcePosition;
import java.time.Instant;
import java.util.Map;

/**
 * A record of the frames topic.
 *
 * @param key empty where the record has none
 * @param value empty where the record has none
 * @param headers of several of the same name, the last
 * @param timestamp the record's own
 */
public record IncomingFrame(
    Bytes key, Bytes value, Map<String, Bytes> headers, Instant timestamp, SourcePosition source) {
  public IncomingFrame {
    requireNonNull(key, "key");
    requireNonNull(value, "value");
    headers = Map.copyOf(headers);
    requireNonNull(timestamp, "timestamp");
    requireNonNull(source, "source");
  }
}
