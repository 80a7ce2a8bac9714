package dev.framelabel.kafka.admin;

import static java.util.Objects.requireNonNull;

/**
 * The result of one check.
 *
 * @param subject what was checked
 * @param found what was found, and for a warning or a failure what was expected
 * @param cure what to do about it; empty where nothing needs doing
 */
public record Finding(Level level, String subject, String found, String cure) {
  /** Severity of a finding. */
  public enum Level {
    OK,
    /** Not checked; {@code found} says why. */
    SKIPPED,
    /** The job works, with a risk. */
    WARNING,
    /** The job would not work: it is not started. */
    FAILED
  }

  public Finding {
    requireNonNull(level, "level");
    boolean trouble = level == Level.FAILED || level == Level.WARNING;
    if (trouble && cure.isEmpty()) {
      throw new IllegalArgumentException("trouble without a cure: " + subject);
    }
  }

  public static Finding ok(String subject, String found) {
    return new Finding(Level.OK, subject, found, "");
  }

  public static Finding skipped(String subject, String reason) {
    return new Finding(Level.SKIPPED, subject, reason, "");
  }

  public static Finding warning(String subject, String found, String cure) {
    return new Finding(Level.WARNING, subject, found, cure);
  }

  public static Finding failed(String subject, String found, String cure) {
    return new Finding(Level.FAILED, subject, found, cure);
  }

  /** Returns bytes as whole MiB, for people. */
  public static String mib(long bytes) {
    return (bytes >> 20) + " MiB";
  }

  /** Returns the finding in one line. */
  @Override
  public String toString() {
    return subject + ": " + found + (cure.isEmpty() ? "" : ". " + cure);
  }
}
