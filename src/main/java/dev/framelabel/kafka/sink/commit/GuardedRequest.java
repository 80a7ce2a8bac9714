package dev.framelabel.kafka.sink.commit;

import org.apache.flink.api.connector.sink2.Committer.CommitRequest;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.kafka.common.errors.InvalidPidMappingException;

/** A commit as the connector sees it; keeps it when the connector gives it up. */
final class GuardedRequest implements CommitRequest<KafkaCommittable> {
  private final CommitRequest<GuardedCommittable> request;
  private Throwable givenUp;

  GuardedRequest(CommitRequest<GuardedCommittable> request) {
    this.request = request;
  }

  /** Why the connector could not commit, and would go on as if it had; null: it did not say so. */
  Throwable givenUp() {
    return givenUp;
  }

  @Override
  public KafkaCommittable getCommittable() {
    return request.getCommittable().kafka();
  }

  @Override
  public int getNumberOfRetries() {
    return request.getNumberOfRetries();
  }

  @Override
  public void signalFailedWithKnownReason(Throwable reason) {
    givenUp = reason;
  }

  @Override
  public void signalFailedWithUnknownReason(Throwable reason) {
    if (reason instanceof InvalidPidMappingException) {
      // The broker has forgotten the id: trying again would fail for ever.
      givenUp = reason;
    } else {
      request.signalFailedWithUnknownReason(reason);
    }
  }

  @Override
  public void retryLater() {
    request.retryLater();
  }

  @Override
  public void updateAndRetryLater(KafkaCommittable committable) {
    GuardedCommittable before = request.getCommittable();
    request.updateAndRetryLater(
        new GuardedCommittable(committable, before.frames(), before.begunMillis()));
  }

  @Override
  public void signalAlreadyCommitted() {
    request.signalAlreadyCommitted();
  }
}
