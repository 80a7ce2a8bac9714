package dev.framelabel.wire.registry;

import dev.framelabel.address.Addresses;
import dev.framelabel.wire.SchemaRegistry;
import java.io.Serializable;
import java.net.URI;
import java.util.Optional;

/**
 * Address of a schema registry, and the login.
 *
 * @param url the beginning of its calls: Apicurio's own where it ends with {@code
 *     /apis/registry/v3}, else Confluent's (Apicurio answers those too, under {@code
 *     /apis/ccompat/v7})
 * @param user {@code name:password} of basic authentication; empty: none
 */
public record RegistrySettings(String url, String user) implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final String APICURIO = "/apis/registry/v3";

  public RegistrySettings {
    url = url.replaceAll("/+$", "");
    String scheme = scheme(url);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException(
          "--registry is '"
              + Addresses.mask(url)
              + "'; expected a URL such as http://registry:8081");
    }
    if (url.contains("@")) {
      throw new IllegalArgumentException(
          "--registry is '"
              + Addresses.mask(url)
              + "'; expected a URL without user and password, because everyone sees it: give them as"
              + " basic.auth.user.info=name:password in the file of --kafka-properties");
    }
  }

  private static String scheme(String url) {
    try {
      return Optional.ofNullable(URI.create(url).getScheme()).orElse("");
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /**
   * Returns whether the registry is asked with Apicurio's own calls, which alone know global ids.
   */
  public boolean apicurio() {
    return url.endsWith(APICURIO);
  }

  public SchemaRegistry open() {
    RegistryCalls calls = new RegistryCalls(this);
    return apicurio() ? new ApicurioRegistry(calls) : new ConfluentRegistry(calls);
  }

  /** Returns the URL as people may see it. */
  public String shown() {
    return Addresses.mask(url);
  }

  /** Returns a text without the password. */
  @Override
  public String toString() {
    return "RegistrySettings[" + shown() + "]";
  }
}
