package dev.framelabel.tools.camera;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reader of the pictures in a multipart answer (RFC 2046), such as MJPEG cameras give. The boundary
 * is the first line, for cameras announce it wrongly. A part that tells its length is read by that;
 * another until the next boundary. A part's {@code X-Timestamp} is its capture time.
 */
final class MultipartReader {
  private static final int LONGEST_LINE = 8_192;
  private static final int MOST_HEADERS = 64;

  private final InputStream in;
  private final int largestPicture;

  MultipartReader(InputStream in, int largestPicture) {
    this.in = in;
    this.largestPicture = largestPicture;
  }

  /**
   * Reads until the stream's end or until told to stop.
   *
   * @throws IOException if this is no such answer
   */
  void read(PictureSource.Sink sink) throws IOException, InterruptedException {
    String boundary = line();
    while (boundary != null && boundary.isEmpty()) {
      boundary = line();
    }
    String found = boundary;
    while (!sink.stops() && found != null && !found.equals(boundary + "--")) {
      Map<String, String> headers = headers();
      String length = headers.get("content-length");
      byte[] file = length == null ? untilBoundary(boundary, sink) : sized(length);
      if (file.length > 0) {
        take(file, headers, sink);
      }
      found = length == null ? boundary : nextBoundary(boundary);
      if (length == null && file.length == 0) {
        return;
      }
    }
  }

  private static void take(byte[] file, Map<String, String> headers, PictureSource.Sink sink)
      throws InterruptedException {
    Optional<Instant> takenAt = time(headers.get("x-timestamp"));
    takenAt.ifPresent(sink::clock);
    sink.take(CapturedPicture.of(file, takenAt));
  }

  private Map<String, String> headers() throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (String line = line(); line != null && !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
            line.substring(colon + 1).strip());
      }
      if (headers.size() > MOST_HEADERS) {
        throw new IOException("a part of the stream has more than " + MOST_HEADERS + " headers");
      }
    }
    return headers;
  }

  private byte[] sized(String length) throws IOException {
    int size;
    try {
      size = Integer.parseInt(length);
    } catch (NumberFormatException e) {
      throw new IOException(
          "a part of the stream has the length '" + length + "'; expected a number of bytes", e);
    }
    if (size < 0 || size > largestPicture) {
      throw tooLarge(size);
    }
    byte[] file = in.readNBytes(size);
    if (file.length < size) {
      throw new IOException("the stream has ended within a picture");
    }
    return file;
  }

  private String nextBoundary(String boundary) throws IOException {
    String line = line();
    while (line != null && !line.startsWith(boundary)) {
      line = line();
    }
    return line;
  }

  /**
   * Returns the bytes before the next boundary line, which it reads too; none at the stream's end.
   */
  private byte[] untilBoundary(String boundary, PictureSource.Sink sink) throws IOException {
    byte[] end = ("\r\n" + boundary).getBytes(ISO_8859_1);
    ByteArrayOutputStream file = new ByteArrayOutputStream(1 << 16);
    int matched = 0;
    for (int read = in.read(); read >= 0 && !sink.stops(); read = in.read()) {
      if (read == (end[matched] & 0xFF)) {
        matched++;
        if (matched == end.length) {
          String ignored = line();
          return file.toByteArray();
        }
        continue;
      }
      file.write(end, 0, matched);
      matched = read == '\r' ? 1 : 0;
      if (matched == 0) {
        file.write(read);
      }
      if (file.size() > largestPicture) {
        throw tooLarge(file.size());
      }
    }
    return new byte[0];
  }

  private IOException tooLarge(int size) {
    return new IOException(
        "a picture of the stream has " + size + " bytes; expected at most " + largestPicture);
  }

  /** Returns the next line without its end; null at the stream's end. */
  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    int read = in.read();
    for (; read >= 0 && read != '\n'; read = in.read()) {
      if (read != '\r') {
        line.append((char) read);
      }
      if (line.length() > LONGEST_LINE) {
        throw new IOException("the stream is no multipart answer: a line does not end");
      }
    }
    return read < 0 && line.isEmpty() ? null : line.toString();
  }

  private static Optional<Instant> time(String seconds) {
    try {
      return seconds == null
          ? Optional.empty()
          : Optional.of(
              Instant.ofEpochMilli(new BigDecimal(seconds).movePointRight(3).longValue()));
    } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
      return Optional.empty();
    }
  }
}
