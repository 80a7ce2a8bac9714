package dev.framelabel.tools.cli;

import dev.framelabel.tools.camera.AddressGuard;
import picocli.CommandLine.Option;

/** Options for which addresses of cameras are opened. */
final class AddressGuardOptions {
  @Option(
      names = "--allow-link-local",
      description = "Allow cameras at link-local addresses and cloud metadata addresses.")
  private boolean allowLinkLocal;

  @Option(names = "--allow-redirects", description = "Follow HTTP redirects of cameras.")
  private boolean allowRedirects;

  AddressGuard guard() {
    return new AddressGuard(allowLinkLocal, allowRedirects);
  }
}
