package dev.framelabel.tools.camera;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reader of the pictures in a multipart answer (RFC 2046), such as MJPEG cameras give. A part ends
 * at the next boundary, whatever length it tells: the length only lets a whole picture pass before
 * the boundary behind it has come. The boundary is the announced one. Some cameras announce a wrong
 * one: then it is the first line that looks like a boundary. The first part may lack its boundary.
 * A part's {@code X-Timestamp} is its capture time.
 */
final class MultipartReader {
  private static final int LONGEST_LINE = 8_192;
  private static final int MOST_HEADERS = 64;
  private static final int LONGEST_BOUNDARY = 200;
  private static final String DASHES = "--";
  private static final Pattern HEADER = Pattern.compile("[A-Za-z][A-Za-z0-9-]*[ \t]*:.*");
  private static final Pattern FIRST_HEADER =
      Pattern.compile("(?i)(content-|x-)[a-z0-9-]+[ \t]*:.*");

  /** Parts that cameras send between their pictures: words about motion, sound, metadata. */
  private static final Pattern ASIDE =
      Pattern.compile("(?i)(text|audio)/.*|application/([a-z0-9.-]+\\+)?(json|xml)\\b.*");

  private final InputStream in;
  private final List<String> announced;
  private final int largestPicture;
  private final Duration patience;

  /** The bytes from {@code at} to {@code end} have been read, and are in no part yet. */
  private byte[] bytes = new byte[1 << 16];

  private int at;
  private int end;

  /** The boundary's line; null while none has come. */
  private String boundary;

  private PictureSource.Sink sink;
  private long sincePicture;
  private boolean behindBoundary;
  private boolean closed;

  /**
   * @param type the content type, whose parameter announces the boundary; empty: none does
   * @param patience how long parts that are no pictures may come without a picture
   */
  MultipartReader(InputStream in, String type, int largestPicture, Duration patience) {
    this.in = in;
    this.announced = announced(type);
    this.largestPicture = largestPicture;
    this.patience = patience;
  }

  /** Returns the lines that may be the boundary: some parameters hold the dashes already. */
  private static List<String> announced(String type) {
    int found = type.toLowerCase(Locale.ROOT).indexOf("boundary=");
    if (found < 0) {
      return List.of();
    }
    String value = type.substring(found + "boundary=".length()).strip();
    int close = value.startsWith("\"") ? value.indexOf('"', 1) : -1;
    String name = (close > 0 ? value.substring(1, close) : value.split(";", 2)[0]).strip();
    if (name.isEmpty()) {
      return List.of();
    }
    return name.startsWith(DASHES) ? List.of(DASHES + name, name) : List.of(DASHES + name);
  }

  /**
   * Reads until the stream's end or until told to stop.
   *
   * @throws IOException if this is no such answer, or a part is no picture
   */
  void read(PictureSource.Sink sink) throws IOException, InterruptedException {
    this.sink = sink;
    long pictureAt = System.nanoTime();
    boolean found = findFirst();
    while (found && !sink.stops()) {
      Map<String, String> headers = headers();
      Optional<byte[]> body = body(length(headers.get("content-length")));
      if (body.isEmpty() || sink.stops()) {
        return;
      }
      byte[] file = body.get();
      if (PictureFile.format(file).isPresent()) {
        take(file, headers, sink);
        pictureAt = System.nanoTime();
        sincePicture = (long) end - at;
      } else if (file.length > 0) {
        String type = headers.getOrDefault("content-type", "");
        if (!ASIDE.matcher(type).matches() || System.nanoTime() - pictureAt > patience.toNanos()) {
          throw new IOException(
              "a part of the stream is no picture: "
                  + PictureFile.describe(type, file.length, file)
                  + PictureFile.expected(type));
        }
      }
      found = behindBoundary ? !closed : !sink.stops() && findBoundary();
    }
  }

  private static void take(byte[] file, Map<String, String> headers, PictureSource.Sink sink)
      throws InterruptedException {
    Optional<Instant> takenAt = time(headers.get("x-timestamp"));
    takenAt.ifPresent(sink::clock);
    sink.take(CapturedPicture.of(file, takenAt));
  }

  /** Passes over what stands before the first part; returns whether there is one. */
  private boolean findFirst() throws IOException {
    int newline = newline(0);
    while (newline >= 0 && !isLike(FIRST_HEADER, 0, newline)) {
      boolean isBoundary = isBoundary(0, newline, true);
      at += newline + 1;
      if (isBoundary) {
        return !closed;
      }
      newline = newline(0);
    }
    return newline >= 0;
  }

  /**
   * Passes over what stands before the next boundary, and over it; returns whether there is one.
   */
  private boolean findBoundary() throws IOException {
    boolean isBoundary = false;
    for (int newline = newline(0); newline >= 0 && !isBoundary; ) {
      isBoundary = isBoundary(0, newline, true);
      at += newline + 1;
      newline = isBoundary ? newline : newline(0);
    }
    return isBoundary && !closed;
  }

  private Map<String, String> headers() throws IOException {
    Map<String, String> headers = new HashMap<>();
    int lines = 0;
    for (int newline = newline(0); newline >= 0; newline = newline(0)) {
      String line = line(0, newline);
      at += newline + 1;
      if (line.isEmpty()) {
        break;
      }
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
            line.substring(colon + 1).strip());
      }
      lines++;
      if (lines > MOST_HEADERS) {
        throw new IOException(
            "a part of the stream has "
                + lines
                + " header lines or more; expected at most "
                + MOST_HEADERS);
      }
    }
    return headers;
  }

  /** Returns the length that a part tells; -1 if it tells none that can be. */
  private int length(String text) throws IOException {
    long length;
    try {
      length = text == null ? -1 : Long.parseLong(text);
    } catch (NumberFormatException e) {
      return -1;
    }
    if (length > largestPicture) {
      throw tooLarge(length);
    }
    return (int) Math.max(-1, length);
  }

  /**
   * Returns a part's bytes; empty if the stream ends within it.
   *
   * @param length as the part tells; -1: it does not
   */
  private Optional<byte[]> body(int length) throws IOException {
    int line = 0;
    for (int next = 0; next == length || has(next + 1); next++) {
      if (next == length) {
        byte[] told = Arrays.copyOfRange(bytes, at, at + length);
        if (PictureFile.isWhole(told) || !has(length + 1)) {
          at += length;
          behindBoundary = false;
          return Optional.of(told);
        }
      }
      if (bytes[at + next] == '\n') {
        if (isBoundary(line, next, announced.isEmpty())) {
          return Optional.of(cut(line, next));
        }
        if (length > line && isBoundary(length, next, announced.isEmpty())) {
          return Optional.of(cut(length, next));
        }
        line = next + 1;
      }
    }
    return Optional.empty();
  }

  /** Returns the bytes before a boundary line; the end of the line before it is no part of them. */
  private byte[] cut(int from, int newline) {
    int bodyEnd = from;
    if (bodyEnd > 0 && bytes[at + bodyEnd - 1] == '\n') {
      bodyEnd--;
      boolean crlf = bytes[at + newline - 1] == '\r';
      if (crlf && bodyEnd > 0 && bytes[at + bodyEnd - 1] == '\r') {
        bodyEnd--;
      }
    }
    byte[] body = Arrays.copyOfRange(bytes, at, at + bodyEnd);
    at += newline + 1;
    behindBoundary = true;
    return body;
  }

  /**
   * Returns whether a line is the boundary; the first that can be is it from then on.
   *
   * @param unannounced whether it can be one that is not announced; a picture may hold such a line
   */
  private boolean isBoundary(int from, int newline, boolean unannounced) throws IOException {
    if (newline - from > LONGEST_BOUNDARY || newline - from < DASHES.length()) {
      return false;
    }
    if (boundary == null && bytes[at + from] == '-') {
      boundary = boundary(from, newline, unannounced);
    }
    if (boundary == null || bytes[at + from] != boundary.charAt(0)) {
      return false;
    }
    String line = line(from, newline);
    closed = line.equals(boundary + DASHES);
    return closed || line.equals(boundary);
  }

  /** Returns the boundary if a line is it, null if not. */
  private String boundary(int from, int newline, boolean unannounced) throws IOException {
    String line = line(from, newline);
    for (String name : announced) {
      if (line.equals(name) || line.equals(name + DASHES)) {
        return name;
      }
    }
    boolean readable = line.chars().allMatch(c -> c >= ' ' && c < 0x7F);
    if (!unannounced || !readable || line.length() <= DASHES.length() || !line.startsWith(DASHES)) {
      return null;
    }
    int following = newline(newline + 1);
    return following >= 0 && isLike(HEADER, newline + 1, following) ? line : null;
  }

  private boolean isLike(Pattern pattern, int from, int newline) throws IOException {
    return newline - from <= LONGEST_LINE && pattern.matcher(line(from, newline)).matches();
  }

  /** Returns the text of a line without its end and the padding there, which RFC 2046 allows. */
  private String line(int from, int newline) throws IOException {
    if (newline - from > LONGEST_LINE) {
      throw new IOException("the stream is no multipart answer: a line does not end");
    }
    return new String(bytes, at + from, newline - from, ISO_8859_1).stripTrailing();
  }

  /** Returns where the next line ends; -1 if the stream ends first. Counts from {@code at}. */
  private int newline(int from) throws IOException {
    for (int next = from; has(next + 1); next++) {
      if (bytes[at + next] == '\n') {
        return next;
      }
    }
    return -1;
  }

  /**
   * Returns whether there are so many bytes from {@code at} on; reads until there are, the stream
   * ends, or the sink stops.
   *
   * @throws IOException if too many bytes have come without a picture, whatever they are
   */
  private boolean has(int count) throws IOException {
    while (end - at < count) {
      if (count > largestPicture + LONGEST_LINE) {
        throw tooLarge(count);
      }
      if (sink.stops()) {
        return false;
      }
      makeRoom();
      int read = in.read(bytes, end, bytes.length - end);
      if (read < 0) {
        return false;
      }
      end += read;
      sincePicture += read;
      if (sincePicture > 2L * largestPicture) {
        throw new IOException(
            "a part of the stream has no picture: found none in "
                + sincePicture
                + " bytes; expected one within "
                + 2L * largestPicture);
      }
    }
    return true;
  }

  private void makeRoom() {
    if (end == bytes.length) {
      byte[] room = at > bytes.length / 2 ? bytes : new byte[2 * bytes.length];
      System.arraycopy(bytes, at, room, 0, end - at);
      bytes = room;
      end -= at;
      at = 0;
    }
  }

  private IOException tooLarge(long size) {
    return new IOException(
        "a picture of the stream has " + size + " bytes; expected at most " + largestPicture);
  }

  private static Optional<Instant> time(String seconds) {
    try {
      return seconds == null
          ? Optional.empty()
          : Optional.of(Instant.ofEpochMilli(Math.round(1e3 * Double.parseDouble(seconds))));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
