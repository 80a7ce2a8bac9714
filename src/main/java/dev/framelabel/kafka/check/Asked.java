package dev.framelabel.kafka.check;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;

/** Waiting for a broker's answer. */
final class Asked {
  private static final long LIMIT_SECONDS = 30;

  private Asked() {}

  /**
   * Blocks until the answer is there.
   *
   * @throws KafkaException what the broker answered instead, or that it did not
   */
  static <T> T answer(KafkaFuture<T> asked) {
    try {
      return asked.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
    } catch (TimeoutException e) {
      throw new org.apache.kafka.common.errors.TimeoutException(
          "no answer in " + LIMIT_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted", e);
    }
  }
}
