package dev.framelabel.kafka.admin;

import java.util.List;

/** The job would not work as it is set up: what was found, what was expected, and the cure. */
public final class StartRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StartRefusedException(List<String> refusals) {
    super("The job is not started:\n- " + String.join("\n- ", refusals));
  }

  StartRefusedException(String refusal, Throwable cause) {
    super("The job is not started:\n- " + refusal, cause);
  }
}
