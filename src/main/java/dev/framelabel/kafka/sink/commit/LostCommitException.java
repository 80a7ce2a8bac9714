package dev.framelabel.kafka.sink.commit;

import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * Error of lost results that the guard cannot or must not publish again. Flink ends the job without
 * a restart. The message holds the commands with which a user goes on.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class LostCommitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LostCommitException(String message, Throwable cause) {
    super(message, cause);
  }
}
