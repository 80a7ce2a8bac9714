package dev.framelabel.kafka.admin;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Error of a job that would not work as it is set up. The message has each failed check with its
 * cure.
 */
public final class StartRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StartRefusedException(List<Finding> failed) {
    super(
        failed.stream()
            .map(Finding::toString)
            .collect(Collectors.joining("\n- ", "The job is not started:\n- ", "")));
  }
}
