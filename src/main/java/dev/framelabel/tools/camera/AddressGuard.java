package dev.framelabel.tools.camera;

import dev.framelabel.address.Addresses;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/**
 * Guard of the addresses that cameras may have. Link-local addresses and those where clouds tell
 * their machines' secrets are refused, by number, so that a name that leads there is refused too.
 *
 * @param allowLinkLocal allow these all the same
 * @param allowRedirects let an HTTP camera send on to another address, which is checked too
 */
public record AddressGuard(boolean allowLinkLocal, boolean allowRedirects) {
  /** Guard with the defaults. */
  public static final AddressGuard STRICT = new AddressGuard(false, false);

  private static final Set<String> METADATA =
      Set.of("100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2:0:0:0:0:0:254");
  private static final int[] NAT64 = {0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0};

  public AddressGuard {}

  /**
   * Checks the host of an address; each attempt asks again, for names can move.
   *
   * @throws IOException if the host may not be a camera or is not known
   */
  void check(URI address) throws IOException {
    String host = address.getHost();
    if (host == null) {
      throw new IOException("camera " + masked(address) + ": found no host in the address");
    }
    InetAddress[] all;
    try {
      all = InetAddress.getAllByName(host);
    } catch (UnknownHostException e) {
      throw new IOException("camera " + masked(address) + ": the host is not known", e);
    }
    for (InetAddress found : all) {
      if (!allowLinkLocal && isRefused(found)) {
        throw new IOException(
            "camera "
                + masked(address)
                + " is at "
                + found.getHostAddress()
                + ", a link-local or metadata address; --allow-link-local allows it");
      }
    }
  }

  /**
   * Returns the address that a redirect leads to.
   *
   * @throws IOException if it is not allowed
   */
  URI redirect(URI from, String location) throws IOException {
    if (!allowRedirects) {
      throw new IOException(
          "camera "
              + masked(from)
              + " redirects to another address; --allow-redirects allows that, or give "
              + Addresses.mask(location));
    }
    URI to = from.resolve(location);
    String scheme = String.valueOf(to.getScheme()).toLowerCase(Locale.ROOT);
    boolean secure = "https".equalsIgnoreCase(from.getScheme());
    if (!scheme.equals("https") && (secure || !scheme.equals("http"))) {
      throw new IOException(
          "camera "
              + masked(from)
              + " redirects to "
              + masked(to)
              + "; expected http:// or https://");
    }
    check(to);
    return to;
  }

  private static boolean isRefused(InetAddress found) {
    return found.isLinkLocalAddress()
        || found.isMulticastAddress()
        || found.isAnyLocalAddress()
        || METADATA.contains(found.getHostAddress())
        || (found instanceof Inet6Address six && isRefusedBehindNat64(six));
  }

  /** Returns whether an IPv6 address hides a refused IPv4 one (RFC 6052). */
  private static boolean isRefusedBehindNat64(Inet6Address address) {
    byte[] bytes = address.getAddress();
    for (int at = 0; at < NAT64.length; at++) {
      if ((bytes[at] & 0xFF) != NAT64[at]) {
        return false;
      }
    }
    try {
      return isRefused(InetAddress.getByAddress(Arrays.copyOfRange(bytes, NAT64.length, 16)));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String masked(URI address) {
    return Addresses.mask(address.toString());
  }
}
