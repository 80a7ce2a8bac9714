package dev.framelabel.kafka.sink.commit;

import org.apache.flink.api.connector.sink2.Committer.CommitRequest;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.kafka.common.errors.InvalidPidMappingException;

/** A commit as the connector sees it. Notes that the connector could not commit, and why. */
final class GuardedRequest implements CommitRequest<KafkaCommittable> {
  private final CommitRequest<GuardedCommittable> request;
  private Throwable givenUp;

  GuardedRequest(CommitRequest<GuardedCommittable> request) {
    this.request = request;
  }

  /** Returns why the connector gave the commit up and goes on without it; null: it did not. */
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
        new GuardedCommittable(
            committable, before.frames(), before.begunMillis(), before.writer()));
  }

  @Override
  public void signalAlreadyCommitted() {
    request.signalAlreadyCommitted();
  }
}
