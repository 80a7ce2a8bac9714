package dev.framelabel.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.framelabel.event.Bytes;
import java.nio.charset.CharacterCodingException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The headers of a frame's record that go on to its result's: W3C trace context ({@code
 * traceparent}, {@code tracestate}) and CloudEvents' of binary mode ({@code ce_*}).
 */
final class CarriedHeaders {
  /** More than that of names and values would threaten the result's fit into its topic. */
  static final int MOST_BYTES = 8 << 10;

  private static final Set<String> TRACE = Set.of("traceparent", "tracestate");
  private static final String CLOUD_EVENTS = "ce_";

  private CarriedHeaders() {}

  /** In the order of their names, up to {@link #MOST_BYTES}; those that are UTF-8 text. */
  static Map<String, String> of(Map<String, Bytes> headers) {
    Map<String, String> carried = new TreeMap<>();
    int left = MOST_BYTES;
    // Trace context first: it is small, and a tracer cannot do without it.
    for (String name : TRACE) {
      left -= carry(name, headers, carried, left);
    }
    for (String name : new TreeMap<>(headers).keySet()) {
      if (name.startsWith(CLOUD_EVENTS)) {
        left -= carry(name, headers, carried, left);
      }
    }
    return carried;
  }

  private static int carry(
      String name, Map<String, Bytes> headers, Map<String, String> carried, int left) {
    Bytes value = headers.get(name);
    if (value == null || name.length() + value.length() > left) {
      return 0;
    }
    Optional<String> text = text(value);
    text.ifPresent(found -> carried.put(name, found));
    return text.isPresent() ? name.length() + value.length() : 0;
  }

  /** The bytes as UTF-8; empty where they are none. */
  static Optional<String> text(Bytes bytes) {
    try {
      return Optional.of(UTF_8.newDecoder().decode(bytes.buffer()).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
