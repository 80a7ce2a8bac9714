package dev.framelabel.kafka.sink.commit;

import dev.framelabel.kafka.sink.commit.CommitRepair.Finding;
import dev.framelabel.kafka.sink.commit.CommitRepair.Verdict;
import dev.framelabel.metrics.JobMetric;
import java.io.IOException;
import java.time.Duration;
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
 * Committer that hands commits to the connector's, and finds out how those ended that it gave up.
 * Called on the task's thread, in a recovery before the first new frame.
 */
final class GuardedCommitter implements Committer<GuardedCommittable> {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedCommitter.class);
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Committer<KafkaCommittable> committer;
  private final GuardSettings settings;
  private final int parallelism;
  private final Duration patience;
  private final Counter confirmed;
  private final Counter lost;
  private final Counter repaired;
  private final Counter foreignRecords;

  GuardedCommitter(
      Committer<KafkaCommittable> committer,
      GuardSettings settings,
      MetricGroup metrics,
      int parallelism) {
    this(committer, settings, metrics, parallelism, PATIENCE);
  }

  /**
   * Takes over the connector's committer, which {@link #close} closes.
   *
   * @param parallelism of the sink
   * @param patience as {@link CommitRepair}
   */
  GuardedCommitter(
      Committer<KafkaCommittable> committer,
      GuardSettings settings,
      MetricGroup metrics,
      int parallelism,
      Duration patience) {
    this.committer = committer;
    this.settings = settings;
    this.parallelism = parallelism;
    this.patience = patience;
    MetricGroup ours = JobMetric.group(metrics);
    this.confirmed = JobMetric.COMMITS_CONFIRMED.counter(ours);
    this.lost = JobMetric.COMMITS_LOST.counter(ours);
    this.repaired = JobMetric.FRAMES_REPAIRED.counter(ours);
    this.foreignRecords = JobMetric.FOREIGN_RECORDS.counter(ours);
  }

  @Override
  public void commit(Collection<CommitRequest<GuardedCommittable>> requests)
      throws IOException, InterruptedException {
    for (CommitRequest<GuardedCommittable> request : requests) {
      GuardedRequest guarded = new GuardedRequest(request);
      committer.commit(List.of(guarded));
      if (guarded.givenUp() != null) {
        settle(request.getCommittable(), guarded.givenUp());
        request.signalAlreadyCommitted();
      }
    }
  }

  private void settle(GuardedCommittable transaction, Throwable cause)
      throws IOException, InterruptedException {
    try {
      TransactionOutcome outcome =
          BrokerTransactions.outcome(transaction.kafka(), settings.properties());
      if (outcome == TransactionOutcome.COMMITTED) {
        confirm(transaction, "committed");
      } else {
        settleByTopic(transaction, outcome, cause);
      }
    } catch (KafkaException e) {
      throw new IOException(
          "cannot find out how transaction %s of topic %s ended; the commit is tried again"
              .formatted(transaction.transactionalId(), settings.topic()),
          e);
    }
  }

  private void settleByTopic(
      GuardedCommittable transaction, TransactionOutcome outcome, Throwable cause)
      throws IOException, InterruptedException {
    try (CommitRepair repair = new CommitRepair(settings, transaction, foreignRecords, patience)) {
      Finding finding = repair.look(outcome);
      switch (finding.verdict()) {
        case COMMITTED -> confirm(transaction, "committed");
        case REPAIRED -> confirm(transaction, "repaired");
        case ABORTED, UNKNOWN, HIDDEN -> {
          lost.inc();
          answerLoss(new Loss(transaction, outcome, finding), repair, cause);
        }
      }
    }
  }

  private void confirm(GuardedCommittable transaction, String what) {
    confirmed.inc();
    LOG.info(
        "No data loss: transaction {} was {} before the recovery",
        transaction.transactionalId(),
        what);
  }

  /** A transaction whose results readers do not see, or may not see. */
  private record Loss(GuardedCommittable transaction, TransactionOutcome outcome, Finding finding) {
    boolean repairable() {
      return finding.verdict() == Verdict.ABORTED
          && finding.found().results().size() == transaction.frames().count();
    }
  }

  private void answerLoss(Loss loss, CommitRepair repair, Throwable cause) throws IOException {
    String story = story(loss);
    switch (settings.onLoss()) {
      case FAIL ->
          throw end(loss, story + " The job ends, because --on-lost-commit is fail.", cause);
      case CONTINUE ->
          LOG.error(
              "{} The job goes on, because --on-lost-commit is continue. See the runbook, section"
                  + " 'Data loss'. {}",
              story,
              loss.finding().verdict() == Verdict.HIDDEN
                  ? "Its results become visible when the open transaction of another producer"
                      + " commits: do not label the frames again before you have looked"
                  : "To label the frames again, unless you have done so: "
                      + backfill(loss.transaction()));
      case REPAIR -> {
        if (!loss.repairable()) {
          throw end(loss, story + " " + whyNot(loss), cause);
        }
        LOG.error(
            "{} The results are published again. See the runbook, section 'Data loss'", story);
        repair.publish(loss.finding().found());
        repaired.inc(loss.transaction().frames().count());
        LOG.warn(
            "Repaired: the {} results of transaction {} are published again. Nothing is lost. See"
                + " the runbook, section 'Data loss'",
            loss.transaction().frames().count(),
            loss.transaction().transactionalId());
      }
    }
  }

  private LostCommitException end(Loss loss, String message, Throwable cause) {
    String full = message + " See the runbook, section 'Data loss'." + commands(loss);
    LOG.error("{}", full);
    return new LostCommitException(full, cause);
  }

  private String commands(Loss loss) {
    if (loss.finding().verdict() == Verdict.HIDDEN) {
      return "";
    }
    return (loss.finding().verdict() == Verdict.ABORTED
            ? "\n1. Label the frames again:\n"
            : "\n1. If readers have not seen these results, label the frames again:\n")
        + backfill(loss.transaction())
        + "\n2. Start the job from its last checkpoint:\n"
        + settings.commands().goOn(parallelism);
  }

  private String backfill(GuardedCommittable transaction) {
    String id = transaction.transactionalId();
    String task = id.substring(0, id.lastIndexOf('-'));
    String subtask = task.substring(task.lastIndexOf('-') + 1);
    return settings
        .commands()
        .backfill(
            transaction.frames(),
            settings.topic() + "-" + subtask + "-" + transaction.checkpoint());
  }

  private String story(Loss loss) {
    GuardedCommittable transaction = loss.transaction();
    String which =
        "transaction %s (topic %s, checkpoint %s, %s frames: %s)"
            .formatted(
                transaction.transactionalId(),
                settings.topic(),
                transaction.checkpoint(),
                transaction.frames().count(),
                transaction.frames());
    return loss.finding().verdict() == Verdict.ABORTED
        ? ("Data loss detected: the broker aborted %s before it was committed. Likely cause: the"
                + " outage exceeded --transaction-timeout, or someone aborted the transaction.")
            .formatted(which)
        : "Possible data loss: the broker no longer knows whether %s was committed (answer=%s)."
            .formatted(which, loss.outcome());
  }

  private String whyNot(Loss loss) {
    return switch (loss.finding().verdict()) {
      case UNKNOWN ->
          "Topic " + settings.topic() + " no longer holds any of its results either. The job ends.";
      case HIDDEN ->
          ("An open transaction of another producer hides its results in topic %s; 'framelabel"
                  + " transactions list' names it. The job ends. When that transaction has ended, start the"
                  + " job from its last checkpoint.")
              .formatted(settings.topic());
      default ->
          "Topic %s holds only %s of its %s results, so they cannot be published again. The job ends."
              .formatted(
                  settings.topic(),
                  loss.finding().found().results().size(),
                  loss.transaction().frames().count());
    };
  }

  @Override
  public void close() throws Exception {
    committer.close();
  }
}
