package dev.framelabel.kafka.sink.commit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** Headers by which the commit guard recognises its results. Their values are ASCII text. */
public final class ResultHeaders {
  /** Random id of the writer instance that wrote the result; new at each open and restore. */
  public static final String WRITER = "framelabel-writer";

  /**
   * Transactional id of the repair that copied the result; absent from results as first written.
   */
  public static final String REPAIR = "framelabel-repair";

  private ResultHeaders() {}

  static String newWriter() {
    return Uuid.randomUuid().toString();
  }

  static void stamp(Headers headers, String writer) {
    put(headers, WRITER, writer);
  }

  static void stampRepair(Headers headers, String repair) {
    put(headers, REPAIR, repair);
  }

  private static void put(Headers headers, String name, String value) {
    headers.remove(name).add(name, value.getBytes(US_ASCII));
  }

  /** Returns who wrote the record; empty if it does not say, as records of others do not. */
  static Optional<String> writer(Headers headers) {
    return value(headers, WRITER);
  }

  static boolean isCopy(Headers headers) {
    return value(headers, REPAIR).isPresent();
  }

  private static Optional<String> value(Headers headers, String name) {
    return Optional.ofNullable(headers.lastHeader(name))
        .map(Header::value)
        .map(bytes -> new String(bytes, US_ASCII));
  }
}
