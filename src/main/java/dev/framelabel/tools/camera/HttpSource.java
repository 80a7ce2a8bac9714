package dev.framelabel.tools.camera;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.framelabel.address.Addresses;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Authenticator;
import java.net.HttpURLConnection;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A camera that speaks HTTP: a never-ending multipart answer of pictures (MJPEG), or one picture an
 * answer, asked for again and again. The pictures pass as they are. User and password of the
 * address serve for basic and digest authentication, at the address's own host only.
 */
final class HttpSource implements PictureSource {
  private static final Duration PATIENCE = Duration.ofSeconds(6);
  private static final int MOST_REDIRECTS = 3;
  private static final String DIGESTS = "http.auth.digest.reEnabledAlgorithms";

  static {
    allowMd5Digest();
  }

  private final URI address;
  private final AddressGuard guard;
  private final Duration poll;

  HttpSource(String address, AddressGuard guard, Duration poll) throws IOException {
    try {
      this.address = URI.create(address);
    } catch (IllegalArgumentException e) {
      throw new IOException("camera " + Addresses.mask(address) + " is no HTTP address", e);
    }
    this.guard = guard;
    this.poll = poll;
  }

  @Override
  public void read(Sink sink) throws IOException, InterruptedException {
    long next = System.nanoTime();
    while (!sink.stops()) {
      HttpURLConnection connection = connect(sink);
      String type = Objects.requireNonNullElse(connection.getContentType(), "no content type");
      try (BufferedInputStream in = new BufferedInputStream(connection.getInputStream())) {
        if (isMultipart(type, in)) {
          new MultipartReader(in, type, CapturedPicture.MOST_BYTES, PATIENCE).read(sink);
          if (sink.stops()) {
            return;
          }
          throw new IOException(
              "camera " + Addresses.mask(address.toString()) + " has ended its stream");
        }
        takeOne(connection, type, in, sink);
      } finally {
        if (sink.stops()) {
          connection.disconnect();
        }
      }
      next = Math.max(next + poll.toNanos(), System.nanoTime());
      waitUntil(next, sink);
    }
  }

  private static void takeOne(
      HttpURLConnection connection, String type, BufferedInputStream in, Sink sink)
      throws IOException, InterruptedException {
    long announced = connection.getContentLengthLong();
    Optional<String> instead = PictureFile.foundInstead(in, type, announced);
    if (instead.isPresent()) {
      throw new IOException(
          "the camera's answer is no picture: " + instead.get() + PictureFile.expected(type));
    }
    byte[] file = readWhole(in, announced);
    long modified = connection.getLastModified();
    sink.take(
        CapturedPicture.of(
            file, modified > 0 ? Optional.of(Instant.ofEpochMilli(modified)) : Optional.empty()));
  }

  private static byte[] readWhole(InputStream in, long announced) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream(1 << 16);
    byte[] some = new byte[1 << 14];
    try {
      int read = in.read(some);
      while (read >= 0 && file.size() <= CapturedPicture.MOST_BYTES) {
        file.write(some, 0, read);
        read = in.read(some);
      }
    } catch (IOException e) {
      // Newer versions of Java notice an end that comes too early; older ones leave it to us.
      throw cutShort(file.size(), announced, e);
    }
    if (file.size() > CapturedPicture.MOST_BYTES) {
      throw new IOException(
          "the camera's answer has more than %d bytes; expected a picture"
              .formatted(CapturedPicture.MOST_BYTES));
    }
    if (file.size() < announced) {
      throw cutShort(file.size(), announced, null);
    }
    return file.toByteArray();
  }

  private static IOException cutShort(int got, long announced, IOException cause) {
    return new IOException(
        "the camera's answer is cut short: got %s bytes%s"
            .formatted(
                announced < 0 ? got : got + " of " + announced,
                cause == null ? "" : " (" + cause.getMessage() + ")"),
        cause);
  }

  private static void waitUntil(long nanoTime, Sink sink) throws InterruptedException {
    long left = nanoTime - System.nanoTime();
    while (left > 0 && !sink.stops()) {
      sink.alive();
      TimeUnit.NANOSECONDS.sleep(Math.min(left, 100_000_000));
      left = nanoTime - System.nanoTime();
    }
  }

  private HttpURLConnection connect(Sink sink) throws IOException {
    URI at = address;
    guard.check(at);
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      HttpURLConnection connection = open(at);
      int status = connection.getResponseCode();
      if (connection.getDate() > 0) {
        sink.clock(Instant.ofEpochMilli(connection.getDate()));
      }
      String location = connection.getHeaderField("Location");
      if (status == 200) {
        return connection;
      }
      connection.disconnect();
      if (status / 100 != 3 || location == null) {
        throw new IOException(
            "camera %s answers with status %d; expected 200%s"
                .formatted(
                    Addresses.mask(at.toString()),
                    status,
                    status == 401 ? login(connection.getHeaderField("WWW-Authenticate")) : ""));
      }
      at = guard.redirect(at, location);
    }
    throw new IOException(
        "camera " + Addresses.mask(address.toString()) + " redirects too many times");
  }

  /** Returns what to do about a camera that refuses its user. */
  private String login(String challenge) {
    if (address.getUserInfo() == null) {
      return ". It asks for a login: give user and password in its address, in the file of --cameras";
    }
    boolean digest = String.valueOf(challenge).regionMatches(true, 0, "Digest", 0, 6);
    String allowed = System.getProperty(DIGESTS, "");
    return ". Check user and password"
        + (digest && !allowed.contains("MD5")
            ? "; and Java answers no MD5 digest while -D" + DIGESTS + " is '" + allowed + "'"
            : "");
  }

  private HttpURLConnection open(URI at) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) at.toURL().openConnection(Proxy.NO_PROXY);
    connection.setConnectTimeout((int) PATIENCE.toMillis());
    connection.setReadTimeout((int) PATIENCE.toMillis());
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    String user = address.getUserInfo();
    if (user != null && address.getAuthority().equals(at.getAuthority())) {
      connection.setAuthenticator(new Login(user));
    } else {
      connection.setAuthenticator(new Login(":"));
    }
    return connection;
  }

  /** Returns whether the answer is multipart, by its type or its first bytes: not all say it. */
  private static boolean isMultipart(String type, BufferedInputStream in) throws IOException {
    return type.regionMatches(true, 0, "multipart/", 0, "multipart/".length())
        || new String(PictureFile.peek(in, PictureFile.START), ISO_8859_1)
            .stripLeading()
            .startsWith("--");
  }

  /**
   * Lets Java answer cameras that know no digest but MD5, as most do. Newer versions of Java refuse
   * it, and log in nowhere then. What the user has set stays. Java reads it once, at the first
   * digest that it is asked for.
   */
  private static void allowMd5Digest() {
    if (System.getProperty(DIGESTS) == null) {
      System.setProperty(DIGESTS, "MD5");
    }
  }

  /** The user and password of one address; never those of this process. */
  private static final class Login extends Authenticator {
    private final String user;

    Login(String user) {
      this.user = user;
    }

    @Override
    protected PasswordAuthentication getPasswordAuthentication() {
      int colon = user.indexOf(':');
      return user.equals(":")
          ? null
          : new PasswordAuthentication(
              colon < 0 ? user : user.substring(0, colon), user.substring(colon + 1).toCharArray());
    }
  }
}
