package dev.framelabel.tools.runtimes;

import dev.framelabel.address.Addresses;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Base64;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Python package index (the "simple repository API": a page of links for each project).
 *
 * @param address http or https, such as {@code https://pypi.org/simple}; may hold user and password
 */
public record PackageIndex(URI address) {
  private static final Pattern LINK =
      Pattern.compile("<a\\s[^>]*?href\\s*=\\s*[\"']([^\"']+)[\"']", Pattern.CASE_INSENSITIVE);
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(30);
  private static final Duration ANSWER_LIMIT = Duration.ofMinutes(2);
  private static final int PARTIAL_CONTENT = 206;
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
    HttpResponse<InputStream> answer = get(link, have, BodyHandlers.ofInputStream());
    try (InputStream body = answer.body()) {
      if (answer.statusCode() == RANGE_NOT_SATISFIABLE) {
        return;
      }
      boolean isRest = answer.statusCode() == PARTIAL_CONTENT;
      require(isRest || answer.statusCode() == 200, answer);
      try (OutputStream out =
          Files.newOutputStream(
              file,
              StandardOpenOption.CREATE,
              isRest ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING)) {
        copy(body, out, isRest ? have : 0, wanted.bytes(), progress);
      }
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
    HttpResponse<String> answer = get(page, 0, BodyHandlers.ofString());
    require(answer.statusCode() == 200, answer);
    Matcher links = LINK.matcher(answer.body());
    while (links.find()) {
      String link = links.group(1).replace("&amp;", "&");
      String name = URLDecoder.decode(link.replaceFirst("[#?].*", ""), StandardCharsets.UTF_8);
      boolean fits =
          link.contains("#sha256=")
              ? link.endsWith("#sha256=" + wanted.sha256())
              : name.endsWith("/" + wanted.wheel()) || name.equals(wanted.wheel());
      if (fits) {
        return answer.uri().resolve(link.replaceFirst("#.*", ""));
      }
    }
    throw new IOException(
        "%s has no %s with sha256 %s"
            .formatted(Addresses.mask(page.toString()), wanted.wheel(), wanted.sha256()));
  }

  private static void require(boolean holds, HttpResponse<?> answer) throws IOException {
    if (!holds) {
      throw new IOException(
          Addresses.mask(answer.uri().toString()) + " answered with status " + answer.statusCode());
    }
  }

  private <T> HttpResponse<T> get(URI where, long from, BodyHandler<T> handler) throws IOException {
    // Only this host learns the password, and URIs with one are no requests.
    HttpRequest.Builder request = HttpRequest.newBuilder(withoutUser(where)).timeout(ANSWER_LIMIT);
    if (address.getUserInfo() != null && address.getAuthority().endsWith("@" + host(where))) {
      request.header(
          "Authorization",
          "Basic "
              + Base64.getEncoder()
                  .encodeToString(address.getUserInfo().getBytes(StandardCharsets.UTF_8)));
    }
    if (from > 0) {
      request.header("Range", "bytes=" + from + "-");
    }
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT_LIMIT)
            .followRedirects(Redirect.NORMAL)
            .build();
    try {
      return client.send(request.build(), handler);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (IOException e) {
      throw new IOException(Addresses.mask(where.toString()) + ": " + e, e);
    }
  }

  private static String host(URI where) {
    String authority = where.getAuthority();
    return authority.substring(authority.lastIndexOf('@') + 1);
  }

  private static URI withoutUser(URI where) {
    String text = where.toString();
    return where.getRawUserInfo() == null
        ? where
        : URI.create(text.replace(where.getRawUserInfo() + "@", ""));
  }
}
