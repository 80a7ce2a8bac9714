package dev.framelabel.config;

import dev.framelabel.address.Addresses;
import dev.framelabel.event.RejectionKind;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The allow list of locations that images by reference may be read from. URIs are compared by their
 * decoded parts. A URI with {@code ..}, an empty segment, a query or a user is refused. Links of
 * local files are followed before they are compared.
 */
public final class ImageUriPrefixes {
  private final List<URI> prefixes;

  /**
   * Reads the list as {@code --image-uri-prefixes} holds it.
   *
   * @param prefixes separated by commas, each a URI that ends with {@code /}; empty: nothing is
   *     allowed
   */
  public ImageUriPrefixes(String prefixes) {
    this.prefixes =
        Arrays.stream(prefixes.split(","))
            .map(String::strip)
            .filter(prefix -> !prefix.isEmpty())
            .map(ImageUriPrefixes::prefix)
            .toList();
  }

  private static URI prefix(String text) {
    try {
      URI uri = parse(text);
      if (uri.getPath().endsWith("/")) {
        return uri;
      }
    } catch (ImageReferenceException e) {
      throw new IllegalArgumentException("--image-uri-prefixes is not valid: " + e.getMessage(), e);
    }
    throw new IllegalArgumentException(
        "--image-uri-prefixes is not valid: found '" + text + "'; expected a URI that ends with /");
  }

  public boolean isEmpty() {
    return prefixes.isEmpty();
  }

  /**
   * Returns the URI, if its text begins with an allowed prefix.
   *
   * @throws ImageReferenceException if it does not
   */
  public URI check(String text) throws ImageReferenceException {
    if (prefixes.isEmpty()) {
      throw refused(
          "image by reference, but --image-uri-prefixes is empty; expected the locations of images");
    }
    URI uri = parse(text);
    if (prefixes.stream().noneMatch(prefix -> inside(uri, prefix))) {
      throw refused("image URI '" + text + "' is in none of --image-uri-prefixes " + prefixes);
    }
    return uri;
  }

  /**
   * Returns the real path of a local file, with all links followed.
   *
   * @throws ImageReferenceException if it is no regular file, or not in an allowed location
   */
  public Path checkReal(URI uri) throws ImageReferenceException, IOException {
    Path real = Path.of(uri.getPath()).toRealPath();
    for (URI prefix : prefixes) {
      if (isFile(prefix) && real.startsWith(Path.of(prefix.getPath()).toRealPath())) {
        if (!Files.isRegularFile(real)) {
          throw new ImageReferenceException(
              RejectionKind.IMAGE_NOT_FOUND, "image URI '" + uri + "' is no regular file");
        }
        return real;
      }
    }
    throw refused("image URI '" + uri + "' is a link to a file outside of --image-uri-prefixes");
  }

  public static boolean isFile(URI uri) {
    return scheme(uri).equals("file");
  }

  private static boolean inside(URI uri, URI prefix) {
    return scheme(uri).equals(scheme(prefix))
        && Objects.equals(authority(uri), authority(prefix))
        && uri.getPath().startsWith(prefix.getPath());
  }

  private static String scheme(URI uri) {
    return uri.getScheme().toLowerCase(Locale.ROOT);
  }

  private static String authority(URI uri) {
    return Objects.requireNonNullElse(uri.getRawAuthority(), "");
  }

  private static URI parse(String text) throws ImageReferenceException {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw refused(
          "invalid image URI '" + text + "'; expected file:/... or s3://...: " + e.getMessage());
    }
    if (uri.getScheme() == null || uri.getPath() == null || !uri.getPath().startsWith("/")) {
      throw refused(
          "image URI '" + text + "' has no scheme or no path; expected file:/... or s3://...");
    }
    if (uri.getRawQuery() != null
        || uri.getRawFragment() != null
        || authority(uri).contains("@")
        || (isFile(uri) && !authority(uri).isEmpty())) {
      throw refused(
          "image URI '%s' has a user, a query or a fragment; expected file:/... or s3://..."
              .formatted(text));
    }
    String path = uri.getPath();
    for (String segment : path.substring(1).split("/", -1)) {
      boolean last = path.endsWith("/" + segment);
      if (segment.equals("..") || segment.equals(".") || (segment.isEmpty() && !last)) {
        throw refused(
            "image URI '" + text + "' has the path segment '" + segment + "'; expected names only");
      }
    }
    if (path.chars().anyMatch(c -> c < ' ' || c == '\\')) {
      throw refused("image URI '" + text + "' has control characters or backslashes");
    }
    return uri;
  }

  private static ImageReferenceException refused(String reason) {
    return new ImageReferenceException(RejectionKind.IMAGE_URI_REFUSED, Addresses.maskIn(reason));
  }
}
