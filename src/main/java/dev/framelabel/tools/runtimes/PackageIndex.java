package dev.framelabel.tools.runtimes;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.framelabel.address.Addresses;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Python package index (the "simple repository API": a page of links for each project).
 *
 * @param address http or https, such as {@code https://pypi.org/simple}; may hold user and
 *     password, which no other host learns
 */
public record PackageIndex(URI address) {
  private static final Pattern LINK =
      Pattern.compile("<a\\s[^>]*?href\\s*=\\s*[\"']([^\"']+)[\"']", Pattern.CASE_INSENSITIVE);
  private static final int CONNECT_MILLIS = (int) Duration.ofSeconds(30).toMillis();
  private static final int READ_MILLIS = (int) Duration.ofMinutes(1).toMillis();
  private static final int MOST_REDIRECTS = 5;
  private static final int LONGEST_PAGE = 16 << 20;
  private static final int RANGE_NOT_SATISFIABLE = 416;
  private static final int BUFFER_BYTES = 1 << 16;

  /**
   * Gets a package's file, or the rest of it where {@code file} has its beginning. Blocks.
   *
   * @param progress takes the number of bytes that are there, now and then
   * @throws IOException if the index does not have it or does not send it whole; what came stays in
   *     {@code file}
   */
  public void fetch(RuntimePackage wanted, Path file, LongConsumer progress) throws IOException {
    URI link = find(wanted);
    long have = Files.exists(file) ? Files.size(file) : 0;
    HttpURLConnection answer = get(link, have);
    int status = answer.getResponseCode();
    if (status == RANGE_NOT_SATISFIABLE) {
      return;
    }
    boolean isRest = status == HttpURLConnection.HTTP_PARTIAL;
    require(isRest || status == HttpURLConnection.HTTP_OK, answer);
    try (InputStream body = answer.getInputStream();
        OutputStream out =
            Files.newOutputStream(
                file,
                StandardOpenOption.CREATE,
                isRest ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING)) {
      copy(body, out, isRest ? have : 0, wanted.bytes(), progress);
    }
  }

  private static void copy(
      InputStream in, OutputStream out, long have, long most, LongConsumer progress)
      throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long there = have;
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      there += read;
      if (there > most) {
        throw new IOException(
            "the answer is longer than the package, which has " + most + " bytes");
      }
      out.write(buffer, 0, read);
      progress.accept(there);
    }
  }

  /** Returns the link whose checksum is the package's, or, without one, whose name is. */
  private URI find(RuntimePackage wanted) throws IOException {
    String base = address.toString();
    URI page = URI.create(base + (base.endsWith("/") ? "" : "/") + wanted.project() + "/");
    HttpURLConnection answer = get(page, 0);
    require(answer.getResponseCode() == HttpURLConnection.HTTP_OK, answer);
    String links;
    try (InputStream body = answer.getInputStream()) {
      links = new String(body.readNBytes(LONGEST_PAGE), UTF_8);
    }
    Matcher found = LINK.matcher(links);
    while (found.find()) {
      String link = found.group(1).replace("&amp;", "&");
      boolean fits =
          link.contains("#sha256=")
              ? link.endsWith("#sha256=" + wanted.sha256())
              : ("/" + link.replaceFirst("[#?].*", "")).endsWith("/" + wanted.wheel());
      if (fits) {
        return URI.create(answer.getURL().toString()).resolve(link.replaceFirst("#.*", ""));
      }
    }
    throw new IOException(
        "%s has no %s with sha256 %s"
            .formatted(Addresses.mask(page.toString()), wanted.wheel(), wanted.sha256()));
  }

  private static void require(boolean holds, HttpURLConnection answer) throws IOException {
    if (!holds) {
      throw new IOException(
          "%s answered with status %d"
              .formatted(Addresses.mask(answer.getURL().toString()), answer.getResponseCode()));
    }
  }

  /** Asks, and follows where the answer leads: not Java, which would take the password along. */
  private HttpURLConnection get(URI where, long from) throws IOException {
    URI at = where;
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      HttpURLConnection answer = ask(at, from);
      String location = answer.getHeaderField("Location");
      if (answer.getResponseCode() / 100 != 3 || location == null) {
        return answer;
      }
      at = at.resolve(location);
    }
    throw new IOException(Addresses.mask(where.toString()) + " redirects too many times");
  }

  private HttpURLConnection ask(URI at, long from) throws IOException {
    URI target = withoutUser(at);
    if (!Objects.requireNonNullElse(target.getScheme(), "").matches("https?")) {
      throw new IOException(target + " is no address of an index; expected http or https");
    }
    HttpURLConnection connection = (HttpURLConnection) target.toURL().openConnection();
    connection.setInstanceFollowRedirects(false);
    connection.setConnectTimeout(CONNECT_MILLIS);
    connection.setReadTimeout(READ_MILLIS);
    boolean own =
        target.getScheme().equals(address.getScheme())
            && Objects.equals(target.getAuthority(), withoutUser(address).getAuthority());
    if (own && address.getUserInfo() != null) {
      connection.setRequestProperty(
          "Authorization",
          "Basic " + Base64.getEncoder().encodeToString(address.getUserInfo().getBytes(UTF_8)));
    }
    if (from > 0) {
      connection.setRequestProperty("Range", "bytes=" + from + "-");
    }
    return connection;
  }

  private static URI withoutUser(URI where) {
    return where.getRawUserInfo() == null
        ? where
        : URI.create(where.toString().replace(where.getRawUserInfo() + "@", ""));
  }
}
