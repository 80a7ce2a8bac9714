package dev.framelabel.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.framelabel.event.Bytes;
import dev.framelabel.event.FieldLimits;
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
  private static final Set<String> TRACE = Set.of("traceparent", "tracestate");
  private static final String CLOUD_EVENTS = "ce_";

  private CarriedHeaders() {}

  /** Returns what is wrong with the headers that are to be carried; empty if nothing is. */
  static String fault(Map<String, Bytes> headers) {
    int count = 0;
    long total = 0;
    for (Map.Entry<String, Bytes> header : headers.entrySet()) {
      if (TRACE.contains(header.getKey()) || header.getKey().startsWith(CLOUD_EVENTS)) {
        int bytes = bytes(header.getKey(), header.getValue());
        if (bytes > FieldLimits.HEADER_BYTES) {
          return "header '"
              + ImageEventRules.head(header.getKey())
              + "' has "
              + bytes
              + " bytes; expected at most "
              + FieldLimits.HEADER_BYTES;
        }
        count++;
        total += bytes;
      }
    }
    return count > FieldLimits.HEADERS || total > FieldLimits.HEADERS_BYTES
        ? count
            + " headers traceparent, tracestate, ce_* with "
            + total
            + " bytes; expected at most "
            + FieldLimits.HEADERS
            + " with "
            + FieldLimits.HEADERS_BYTES
            + " bytes"
        : "";
  }

  /** Returns the headers that are UTF-8 text, in the order of their names, up to their limits. */
  static Map<String, String> of(Map<String, Bytes> headers) {
    Map<String, String> carried = new TreeMap<>();
    int left = FieldLimits.HEADERS_BYTES;
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
    if (value == null || carried.size() == FieldLimits.HEADERS) {
      return 0;
    }
    int bytes = bytes(name, value);
    if (bytes > Math.min(left, FieldLimits.HEADER_BYTES)) {
      return 0;
    }
    Optional<String> text = text(value);
    text.ifPresent(found -> carried.put(name, found));
    return text.isPresent() ? bytes : 0;
  }

  private static int bytes(String name, Bytes value) {
    return FieldLimits.utf8Bytes(name) + value.length();
  }

  /** Returns the bytes as UTF-8; empty where they are not. */
  static Optional<String> text(Bytes bytes) {
    try {
      return Optional.of(UTF_8.newDecoder().decode(bytes.buffer()).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
