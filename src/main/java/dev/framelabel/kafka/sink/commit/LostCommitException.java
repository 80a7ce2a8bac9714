package dev.framelabel.kafka.sink.commit;

import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/** Results are lost and cannot be brought back here: the job ends, a restart would not help. */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class LostCommitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LostCommitException(String message, Throwable cause) {
    super(message, cause);
  }
}
