package dev.framelabel.event;

import static java.util.Objects.requireNonNull;

/**
 * Identity of the model that labelled a frame.
 *
 * @param sha256 of the model file, 64 lower-case hexadecimal digits
 */
public record ModelIdentity(String name, String version, String sha256) {
  public ModelIdentity {
    requireNonNull(name, "name");
    requireNonNull(version, "version");
    requireNonNull(sha256, "sha256");
  }
}
