package dev.framelabel.kafka.sink.commit;

import dev.framelabel.config.LostCommit;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands commits to the connector's committer, and finds out about those that it gave up. Called on
 * the task's thread, in a recovery before the first new frame.
 */
final class GuardedCommitter implements Committer<GuardedCommittable> {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedCommitter.class);

  private final Committer<KafkaCommittable> committer;
  private final GuardSettings settings;
  private final Counter confirmed;
  private final Counter lost;
  private final Counter repaired;

  GuardedCommitter(
      Committer<KafkaCommittable> committer, GuardSettings settings, MetricGroup metrics) {
    this.committer = committer;
    this.settings = settings;
    MetricGroup ours = metrics.addGroup("framelabel");
    this.confirmed = ours.counter("commitsConfirmed");
    this.lost = ours.counter("commitsLost");
    this.repaired = ours.counter("framesRepaired");
  }

  @Override
  public void commit(Collection<CommitRequest<GuardedCommittable>> requests)
      throws IOException, InterruptedException {
    for (CommitRequest<GuardedCommittable> request : requests) {
      GuardedRequest guarded = new GuardedRequest(request);
      committer.commit(List.of(guarded));
      if (guarded.givenUp() != null) {
        settle(request, guarded.givenUp());
      }
    }
  }

  private void settle(CommitRequest<GuardedCommittable> request, Throwable cause)
      throws IOException, InterruptedException {
    GuardedCommittable committable = request.getCommittable();
    TransactionOutcome fate =
        BrokerTransactions.outcome(committable.kafka(), settings.properties());
    if (fate == TransactionOutcome.COMMITTED) {
      confirm(committable, "committed");
    } else {
      settleByEvidence(committable, fate, cause);
    }
    request.signalAlreadyCommitted();
  }

  private void confirm(GuardedCommittable committable, String what) {
    confirmed.inc();
    LOG.info(
        "nothing is lost: transaction {} had been {} before the recovery",
        committable.transactionalId(),
        what);
  }

  /**
   * The broker may have forgotten how a transaction ended, or speak of a later, empty one of the
   * same id: what readers of the topic see decides.
   */
  private void settleByEvidence(
      GuardedCommittable committable, TransactionOutcome fate, Throwable cause)
      throws IOException, InterruptedException {
    try (CommitRepair repair = new CommitRepair(settings, committable)) {
      if (repair.isDone()) {
        confirm(committable, "repaired");
      } else {
        settleByEvidence(committable, fate, repair, cause);
      }
    } catch (KafkaException e) {
      throw new IOException(
          "the guard cannot settle "
              + committable.transactionalId()
              + " on topic "
              + settings.topic(),
          e);
    }
  }

  private void settleByEvidence(
      GuardedCommittable committable, TransactionOutcome fate, CommitRepair repair, Throwable cause)
      throws IOException, InterruptedException {
    CommitRepair.Evidence evidence = repair.look();
    boolean aborted = fate == TransactionOutcome.ABORTED || evidence.ofLoss();
    // Where it was not, some of its results may be gone from the topic since their commit.
    long enough = Math.min(committable.frames().count(), aborted ? Long.MAX_VALUE : 1);
    if (evidence.visible().size() >= enough) {
      confirm(committable, "committed");
    } else {
      lost.inc();
      if (answerLoss(committable, fate, aborted, cause)) {
        repair(committable, fate, repair, evidence, cause);
      }
    }
  }

  /**
   * Logs the loss, and ends the job where the results may not or must not be brought back.
   *
   * @return whether they are to be brought back
   */
  private boolean answerLoss(
      GuardedCommittable committable, TransactionOutcome fate, boolean aborted, Throwable cause) {
    String story = story(committable, fate);
    LOG.error("{}", story);
    if (settings.onLoss() == LostCommit.FAIL) {
      throw new LostCommitException(
          story + ". The job ends, as --on-lost-commit fail asks for. " + cure(), cause);
    }
    if (settings.onLoss() == LostCommit.REPAIR && !aborted) {
      throw new LostCommitException(
          story
              + ". It is not repaired, for it may have been committed: topic "
              + settings.topic()
              + " no longer holds any of its results, and the broker no longer knows. If other"
              + " readers have not seen them: "
              + cure(),
          cause);
    }
    return settings.onLoss() == LostCommit.REPAIR;
  }

  private void repair(
      GuardedCommittable committable,
      TransactionOutcome fate,
      CommitRepair repair,
      CommitRepair.Evidence evidence,
      Throwable cause)
      throws IOException, InterruptedException {
    if (evidence.present().size() < committable.frames().count()) {
      throw new LostCommitException(
          story(committable, fate)
              + ". It cannot be repaired: topic "
              + settings.topic()
              + " no longer holds all of its results. "
              + cure(),
          cause);
    }
    repair.run(evidence);
    repaired.inc(committable.frames().count() - evidence.visible().size());
    LOG.warn(
        "repaired: the results of {} are published again and committed",
        committable.transactionalId());
  }

  private String story(GuardedCommittable committable, TransactionOutcome fate) {
    return "LOST from topic "
        + settings.topic()
        + ": "
        + committable.story()
        + " was to be committed, but the broker says "
        + fate
        + "; the outage was longer than --transaction-timeout, or someone aborted it";
  }

  private static String cure() {
    return "To get the results of frames that are there, label them again (--bounded, with a"
        + " --group-id and a --transactional-id-prefix of its own); to go on without them, start the job from"
        + " its last checkpoint with --on-lost-commit continue";
  }

  @Override
  public void close() throws Exception {
    committer.close();
  }
}
