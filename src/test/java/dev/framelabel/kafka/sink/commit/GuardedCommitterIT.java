package dev.framelabel.kafka.sink.commit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.config.LostCommit;
import dev.framelabel.event.Bytes;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.tools.clients.OutcomeReader;
import dev.framelabel.tools.demo.EmbeddedBroker;
import dev.framelabel.wire.OutputFormat;
import dev.framelabel.wire.RejectedFrames;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.internal.FlinkKafkaInternalProducer;
import org.apache.flink.connector.kafka.sink.internal.KafkaCommitter;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real transactions on a real broker: committed before the recovery, or timed out. */
class GuardedCommitterIT {
  private static final int OUTAGES = 20;
  private static final int HEALTHY = 100;
  private static final int MANY_HEALTHY = 200;

  /** {@code .ci/long many-foreign-records} takes a million. */
  private static final int MANY_RECORDS = Integer.getInteger("foreign.records", 100_000);

  private static final String TOPIC = "rejected";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir private Path folder;

  private final Map<String, Counter> counters = new HashMap<>();
  private final Set<SourcePosition> expected = new HashSet<>();
  private final Random random = new Random(5);
  private long nextOffset;
  private int nextCheckpoint = 1;

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void commit_longOutages_everyLossFoundAndRepaired_healthyRecoveries_noFalseAlarm(int version)
      throws Exception {
    settle(version, HEALTHY);
  }

  @Tag("faults")
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void commit_longOutages_everyLossFoundAndRepaired_manyHealthyRecoveries_noFalseAlarm(int version)
      throws Exception {
    settle(version, MANY_HEALTHY);
    System.out.println(
        "version "
            + version
            + ": "
            + OUTAGES
            + " long outages, lost commits found "
            + count("commitsLost")
            + ", frames repaired "
            + count("framesRepaired")
            + "; "
            + MANY_HEALTHY
            + " healthy recoveries, false alarms 0");
  }

  private void settle(int version, int recoveries) throws Exception {
    try (EmbeddedBroker broker = broker(version)) {
      List<GuardedCommittable> timedOut = new ArrayList<>();
      for (int i = 0; i < OUTAGES; i++) {
        timedOut.add(precommit(broker, "2000", false));
      }
      List<GuardedCommittable> healthy = new ArrayList<>();
      for (int i = 0; i < recoveries; i++) {
        healthy.add(precommit(broker, "600000", true));
      }
      try (GuardedCommitter committer = committer(broker, LostCommit.REPAIR)) {
        // Committed before the crash, and once more in the recovery.
        committer.commit(requests(healthy));
        assertThat(count("commitsLost")).isZero();
        awaitAborted(broker, timedOut);
        committer.commit(requests(timedOut));
        assertThat(count("commitsLost")).isEqualTo(OUTAGES);
        // A repair that is recovered from is not done twice.
        committer.commit(requests(timedOut));
      }
      assertThat(read(broker)).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(count("commitsConfirmed")).isEqualTo((version == 2 ? recoveries : 0) + OUTAGES);
    }
  }

  /**
   * An id that was taken up again after its commit: the broker no longer says how the commit ended.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void commit_brokerForgotTheCommit_resultsInTheTopicDecide(int version) throws Exception {
    try (EmbeddedBroker broker = broker(version)) {
      GuardedCommittable committed = precommit(broker, "60000", true);
      GuardedCommittable lost = precommit(broker, "60000", false);
      takeUpAgain(broker, committed);
      takeUpAgain(broker, lost);
      try (GuardedCommitter committer = committer(broker, LostCommit.REPAIR)) {
        committer.commit(requests(List.of(committed)));
        assertThat(count("commitsLost")).isZero();
        committer.commit(requests(List.of(lost)));
        assertThat(count("commitsLost")).isEqualTo(1);
      }
      assertThat(read(broker)).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  /** A later run of the job from an older checkpoint: its commit is not the lost one's. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void commit_idWasTakenUpAndCommittedByAnother_lossIsFound(int version) throws Exception {
    try (EmbeddedBroker broker = broker(version);
        GuardedCommitter committer = committer(broker, LostCommit.REPAIR)) {
      GuardedCommittable lost = lost(broker);
      try (var later = open(broker, lost.transactionalId())) {
        later.commitTransaction();
      }
      committer.commit(requests(List.of(lost)));
      assertThat(count("commitsLost")).isEqualTo(1);
      assertThat(read(broker)).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void commit_clockOfTheWorkerAhead_resultsAreFoundAllTheSame(int version) throws Exception {
    try (EmbeddedBroker broker = broker(version)) {
      GuardedCommittable committed = ahead(precommit(broker, "60000", true));
      GuardedCommittable lost = ahead(precommit(broker, "1000", false));
      takeUpAgain(broker, committed);
      awaitAborted(broker, List.of(lost));
      try (GuardedCommitter committer = committer(broker, LostCommit.REPAIR)) {
        committer.commit(requests(List.of(committed)));
        assertThat(count("commitsLost")).isZero();
        committer.commit(requests(List.of(lost)));
        assertThat(count("commitsLost")).isEqualTo(1);
      }
      assertThat(read(broker)).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  /**
   * Another task's transaction is open and stays open, as in the recovery of one of two workers: it
   * commits only with a checkpoint, which waits for the repair.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Timeout(50)
  void commit_anotherTasksTransactionIsOpen_isNotWaitedFor(int version) throws Exception {
    try (EmbeddedBroker broker = broker(version)) {
      GuardedCommittable lost = lost(broker);
      try (GuardedCommitter committer = committer(broker, LostCommit.REPAIR);
          FlinkKafkaInternalProducer<byte[], byte[]> other = open(broker, "test.other")) {
        committer.commit(requests(List.of(lost)));
        assertThat(count("commitsLost")).isEqualTo(1);
        // Hidden behind the other, the repair is known by its transaction.
        committer.commit(requests(List.of(lost)));
        assertThat(count("commitsConfirmed")).isEqualTo(1);
        other.commitTransaction();
      }
      assertThat(read(broker)).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  /**
   * Results of the same task that came after the lost ones must not stand before them. They are to
   * be committed too: then they are published after them.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Timeout(50)
  void commit_nextTransactionOfTheSameTaskIsOpen_isAbortedAndRepairedInItsTurn(int version)
      throws Exception {
    try (EmbeddedBroker broker = broker(version)) {
      GuardedCommittable lost = lost(broker);
      GuardedCommittable next = precommit(broker, "600000", false);
      try (GuardedCommitter committer = committer(broker, LostCommit.REPAIR)) {
        committer.commit(requests(List.of(lost, next)));
        assertThat(count("commitsLost")).isEqualTo(2);
      }
      assertThat(read(broker)).containsExactlyElementsOf(inOrder(expected));
    }
  }

  /** As when someone aborts a transaction of a job that runs: its writer has begun the next. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Timeout(50)
  void commit_writerHoldsTheNextTransaction_writerFailsAndLostOnesArePublished(int version)
      throws Exception {
    try (EmbeddedBroker broker = broker(version)) {
      GuardedCommittable lost = lost(broker);
      String id = lost.transactionalId();
      try (GuardedCommitter committer = committer(broker, LostCommit.REPAIR);
          FlinkKafkaInternalProducer<byte[], byte[]> writer =
              begin(broker, id.substring(0, id.lastIndexOf('-') + 1) + nextCheckpoint)) {
        var ignored = writer.send(entry(new SourcePosition("frames", 0, nextOffset + 1)));
        writer.flush();
        committer.commit(requests(List.of(lost)));
        assertThatThrownBy(writer::commitTransaction).isInstanceOf(KafkaException.class);
      }
      assertThat(read(broker)).containsExactlyElementsOf(inOrder(expected));
    }
  }

  /** A repair whose process stands still halfway, and wants to go on afterwards. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Timeout(50)
  void commit_repairCutShort_isDoneAgainAfterItsTimeout(int version) throws Exception {
    try (EmbeddedBroker broker = broker(version)) {
      GuardedCommittable lost = lost(broker);
      String id = CommitRepair.id(lost);
      try (GuardedCommitter committer = committer(broker, LostCommit.REPAIR);
          FlinkKafkaInternalProducer<byte[], byte[]> other = open(broker, "test.other");
          FlinkKafkaInternalProducer<byte[], byte[]> half = begin(broker, id, "3000")) {
        SourcePosition first = inOrder(lost.frames()).get(0);
        var entry = entry(first, lost.writer());
        ResultHeaders.stampRepair(entry.headers(), id);
        var ignored = half.send(entry);
        half.flush();
        // The copy is behind another producer's open transaction, which is not waited for.
        committer.commit(requests(List.of(lost)));
        assertThat(count("commitsLost")).isEqualTo(1);
        assertThatThrownBy(half::commitTransaction).isInstanceOf(KafkaException.class);
        other.commitTransaction();
      }
      assertThat(read(broker)).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  /** A repair takes longer the more results it has; the brokers' limit holds, not the job's. */
  @ParameterizedTest
  @ValueSource(ints = {61_000, 900_000})
  @Timeout(50)
  void commit_repairOfManyResults_hasTheTimeThatTheBrokersAllow(int allowedMillis)
      throws Exception {
    try (EmbeddedBroker broker =
        broker(2, Map.of("transaction.max.timeout.ms", Integer.toString(allowedMillis)))) {
      GuardedCommittable lost = lost(broker, 100);
      try (GuardedCommitter committer = committer(broker, LostCommit.REPAIR);
          Admin admin = Admin.create(Map.<String, Object>copyOf(broker.client()))) {
        committer.commit(requests(List.of(lost)));
        String id = CommitRepair.id(lost);
        long millis =
            admin.describeTransactions(List.of(id)).description(id).get().transactionTimeoutMs();
        assertThat(millis).isEqualTo(Math.min(60_000 + 20 * lost.frames().count(), allowedMillis));
      }
      assertThat(count("framesRepaired")).isEqualTo(lost.frames().count());
    }
  }

  /** A repair whose process stands still before it writes, is done by another, and goes on. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Timeout(50)
  void commit_repairThatStoodStillGoesOnAfterAnother_publishesNothing(int version)
      throws Exception {
    try (EmbeddedBroker broker = broker(version)) {
      GuardedCommittable lost = lost(broker);
      try (CommitRepair still = repair(broker, lost);
          GuardedCommitter committer = committer(broker, LostCommit.REPAIR)) {
        CommitRepair.Finding finding = still.look(TransactionOutcome.ABORTED);
        assertThat(finding.verdict()).isEqualTo(CommitRepair.Verdict.ABORTED);
        committer.commit(requests(List.of(lost)));
        assertThatThrownBy(() -> still.publish(finding.found())).isInstanceOf(KafkaException.class);
      }
      assertThat(read(broker)).containsExactlyElementsOf(inOrder(expected));
    }
  }

  /** The broker no longer knows that a repair was committed: its copies in the topic tell. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Timeout(50)
  void commit_brokerForgotTheRepair_itsCopiesDecide(int version) throws Exception {
    try (EmbeddedBroker broker = broker(version)) {
      GuardedCommittable lost = lost(broker);
      try (GuardedCommitter committer = committer(broker, LostCommit.REPAIR)) {
        committer.commit(requests(List.of(lost)));
        takeUpAgain(broker, CommitRepair.id(lost));
        committer.commit(requests(List.of(lost)));
      }
      assertThat(count("commitsLost")).isEqualTo(1);
      assertThat(count("commitsConfirmed")).isEqualTo(1);
      assertThat(read(broker)).containsExactlyElementsOf(inOrder(expected));
    }
  }

  /**
   * Another producer's transaction began before the lost one, and stays open: as long as the broker
   * knows that the lost one was aborted, nobody has to wait.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Timeout(50)
  void commit_olderTransactionOfAnotherIsOpen_isNotWaitedFor(int version) throws Exception {
    try (EmbeddedBroker broker = broker(version);
        FlinkKafkaInternalProducer<byte[], byte[]> other = open(broker, "test.other");
        GuardedCommitter committer = committer(broker, LostCommit.REPAIR)) {
      GuardedCommittable lost = lost(broker);
      committer.commit(requests(List.of(lost)));
      assertThat(count("commitsLost")).isEqualTo(1);
      other.commitTransaction();
      assertThat(read(broker)).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Timeout(50)
  void commit_brokerForgotAndAnOlderTransactionEnds_resultsDecide(int version) throws Exception {
    try (EmbeddedBroker broker = broker(version);
        FlinkKafkaInternalProducer<byte[], byte[]> other = open(broker, "test.other", "3000");
        GuardedCommitter committer = committer(broker, LostCommit.REPAIR)) {
      GuardedCommittable committed = precommit(broker, "60000", true);
      takeUpAgain(broker, committed);
      committer.commit(requests(List.of(committed)));
      assertThat(count("commitsConfirmed")).isEqualTo(1);
      assertThat(read(broker)).containsExactlyElementsOf(inOrder(committed.frames()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Timeout(50)
  void commit_brokerForgotAndAnOlderTransactionStaysOpen_endsTheJobAndDoublesNothing(int version)
      throws Exception {
    try (EmbeddedBroker broker = broker(version);
        FlinkKafkaInternalProducer<byte[], byte[]> other = open(broker, "test.other");
        GuardedCommitter committer = committer(broker, LostCommit.REPAIR)) {
      GuardedCommittable committed = precommit(broker, "60000", true);
      takeUpAgain(broker, committed);
      assertThatThrownBy(() -> committer.commit(requests(List.of(committed))))
          .isInstanceOf(LostCommitException.class)
          .hasMessageContaining("framelabel transactions list")
          .hasMessageContaining("When that transaction has ended, start the job");
      other.commitTransaction();
      committer.commit(requests(List.of(committed)));
      assertThat(count("commitsConfirmed")).isEqualTo(1);
      assertThat(read(broker)).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  /**
   * Another job, or an earlier run, has published results of the same frames. They are not this
   * transaction's.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Timeout(50)
  void commit_resultsOfAnotherWriterForTheSameFrames_areNotTakenForItsOwn(int version)
      throws Exception {
    try (EmbeddedBroker broker = broker(version);
        GuardedCommitter committer = committer(broker, LostCommit.REPAIR)) {
      GuardedCommittable lost = lost(broker);
      List<SourcePosition> frames = inOrder(lost.frames());
      try (FlinkKafkaInternalProducer<byte[], byte[]> other = begin(broker, "another.job")) {
        frames.forEach(
            frame -> {
              var ignored = other.send(entry(frame));
            });
        other.commitTransaction();
      }
      committer.commit(requests(List.of(lost)));
      assertThat(count("commitsLost")).isEqualTo(1);
      assertThat(count("foreignRecords")).isZero();
      List<SourcePosition> twice = new ArrayList<>(frames);
      twice.addAll(frames);
      assertThat(positions(broker)).containsExactlyElementsOf(twice);
    }
  }

  /** What stands in the topic and is no result of this version, some of it with the writer's id. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Timeout(50)
  void commit_recordsThatAreNoResults_arePassedOverAndCounted(int version) throws Exception {
    try (EmbeddedBroker broker = broker(version);
        GuardedCommitter committer = committer(broker, LostCommit.REPAIR)) {
      GuardedCommittable lost = lost(broker, 2);
      SourcePosition frame = inOrder(lost.frames()).get(0);
      byte[] value = value(frame);
      byte[] newer = value.clone();
      // The fingerprint of another schema.
      newer[5] ^= 1;
      List<ProducerRecord<byte[], byte[]>> foreign =
          List.of(
              new ProducerRecord<>(TOPIC, new byte[] {1}, null),
              new ProducerRecord<>(TOPIC, new byte[] {1}, new byte[0]),
              new ProducerRecord<>(TOPIC, new byte[] {1}, "{\"test\": 1}".getBytes(UTF_8)),
              new ProducerRecord<>(TOPIC, new byte[] {1}, value),
              entry(frame, null, lost.writer()),
              entry(frame, Arrays.copyOf(value, value.length / 2), lost.writer()),
              entry(frame, newer, lost.writer()));
      send(broker, foreign);
      committer.commit(requests(List.of(lost)));
      assertThat(count("commitsLost")).isEqualTo(1);
      assertThat(count("foreignRecords")).isEqualTo(foreign.size());
      assertThat(count("framesRepaired")).isEqualTo(expected.size());
      assertThat(committedResults(broker)).containsExactlyElementsOf(inOrder(expected));
    }
  }

  /** Whoever shares the topic writes much more than the job. */
  @Test
  @Timeout(300)
  void commit_amongManyForeignRecords_isRepaired() throws Exception {
    try (EmbeddedBroker broker = broker(2);
        GuardedCommitter committer = committer(broker, LostCommit.REPAIR)) {
      GuardedCommittable lost = lost(broker);
      ProducerRecord<byte[], byte[]> small =
          new ProducerRecord<>(TOPIC, null, "foreign".getBytes(UTF_8));
      send(broker, Collections.nCopies(MANY_RECORDS, small));
      committer.commit(requests(List.of(lost)));
      assertThat(count("foreignRecords")).isEqualTo(MANY_RECORDS);
      assertThat(count("framesRepaired")).isEqualTo(expected.size());
      assertThat(committedResults(broker)).containsExactlyElementsOf(inOrder(expected));
    }
  }

  private static void send(EmbeddedBroker broker, List<ProducerRecord<byte[], byte[]>> entries) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(asProperties(producerProperties(broker, "60000")))) {
      entries.forEach(
          entry -> {
            var ignored = producer.send(entry);
          });
    }
  }

  private CommitRepair repair(EmbeddedBroker broker, GuardedCommittable lost) {
    return new CommitRepair(
        settings(broker, LostCommit.REPAIR), lost, new SimpleCounter(), PATIENCE);
  }

  /** Begins a transaction, with a result in each partition. */
  private FlinkKafkaInternalProducer<byte[], byte[]> open(EmbeddedBroker broker, String id) {
    return open(broker, id, "600000");
  }

  private FlinkKafkaInternalProducer<byte[], byte[]> open(
      EmbeddedBroker broker, String id, String timeout) {
    FlinkKafkaInternalProducer<byte[], byte[]> producer = begin(broker, id, timeout);
    for (int partition = 0; partition < 2; partition++) {
      SourcePosition position = new SourcePosition("frames", 1, partition);
      ProducerRecord<byte[], byte[]> entry = entry(position);
      var ignored =
          producer.send(
              new ProducerRecord<>(TOPIC, partition, entry.key(), entry.value(), entry.headers()));
      expected.add(position);
    }
    producer.flush();
    return producer;
  }

  private static FlinkKafkaInternalProducer<byte[], byte[]> begin(
      EmbeddedBroker broker, String id) {
    return begin(broker, id, "600000");
  }

  private static FlinkKafkaInternalProducer<byte[], byte[]> begin(
      EmbeddedBroker broker, String id, String timeout) {
    FlinkKafkaInternalProducer<byte[], byte[]> producer =
        new FlinkKafkaInternalProducer<>(asProperties(producerProperties(broker, timeout)), id);
    producer.initTransactions();
    producer.beginTransaction();
    return producer;
  }

  private static ProducerRecord<byte[], byte[]> entry(SourcePosition position) {
    return entry(position, "another");
  }

  private static ProducerRecord<byte[], byte[]> entry(SourcePosition position, String writer) {
    return entry(position, value(position), writer);
  }

  private static ProducerRecord<byte[], byte[]> entry(
      SourcePosition position, byte[] value, String writer) {
    var entry = new ProducerRecord<>(TOPIC, new byte[] {1}, value);
    entry.headers().add("frame", position.toString().getBytes(UTF_8));
    ResultHeaders.stamp(entry.headers(), writer);
    return entry;
  }

  private static GuardedCommittable ahead(GuardedCommittable committable) {
    return new GuardedCommittable(
        committable.kafka(),
        committable.frames(),
        committable.begunMillis() + Duration.ofHours(2).toMillis(),
        committable.writer());
  }

  private static void takeUpAgain(EmbeddedBroker broker, GuardedCommittable committable) {
    takeUpAgain(broker, committable.transactionalId());
  }

  private static void takeUpAgain(EmbeddedBroker broker, String id) {
    try (FlinkKafkaInternalProducer<byte[], byte[]> producer =
        new FlinkKafkaInternalProducer<>(asProperties(producerProperties(broker, "60000")), id)) {
      producer.initTransactions();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void commit_resultsGoneFromTopic_endsTheJobAndPublishesNothing(int version) throws Exception {
    try (EmbeddedBroker broker = broker(version)) {
      GuardedCommittable lost = lost(broker);
      delete(broker, -1);
      try (GuardedCommitter committer = committer(broker, LostCommit.REPAIR)) {
        assertThatThrownBy(() -> committer.commit(requests(List.of(lost))))
            .isInstanceOf(LostCommitException.class)
            .hasMessageContaining(lost.transactionalId())
            .hasMessageContaining("so they cannot be published again. The job ends.")
            .hasMessageContaining("--frame-offsets " + lost.frames().text());
      }
      assertThat(count("commitsLost")).isEqualTo(1);
      assertThat(read(broker)).isEmpty();
    }
  }

  /** Retention has removed the first results. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void commit_someResultsGoneFromTopic_endsTheJobAndPublishesNothing(int version) throws Exception {
    try (EmbeddedBroker broker = broker(version)) {
      GuardedCommittable lost = lost(broker, 2);
      delete(broker, 1);
      try (GuardedCommitter committer = committer(broker, LostCommit.REPAIR)) {
        assertThatThrownBy(() -> committer.commit(requests(List.of(lost))))
            .isInstanceOf(LostCommitException.class)
            .hasMessageContaining("so they cannot be published again. The job ends.")
            .hasMessageContaining("--frame-offsets " + lost.frames().text());
      }
      assertThat(read(broker)).isEmpty();
    }
  }

  /** Whether these were committed, and read before they went, cannot be known. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void commit_brokerForgotAndResultsAreGone_failsAndDoublesNothing(int version) throws Exception {
    try (EmbeddedBroker broker = broker(version)) {
      GuardedCommittable committed = precommit(broker, "60000", true);
      takeUpAgain(broker, committed);
      delete(broker, -1);
      try (GuardedCommitter committer = committer(broker, LostCommit.REPAIR)) {
        assertThatThrownBy(() -> committer.commit(requests(List.of(committed))))
            .isInstanceOf(LostCommitException.class)
            .hasMessageContaining("Possible data loss: the broker no longer knows")
            .hasMessageContaining("no longer holds any of its results");
      }
      assertThat(read(broker)).isEmpty();
    }
  }

  /** They are seen, then go while another transaction still hides whether they are committed. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Timeout(50)
  void commit_committedResultsGoWhileTheyAreLookedFor_doublesNothing(int version) throws Exception {
    try (EmbeddedBroker broker = broker(version);
        FlinkKafkaInternalProducer<byte[], byte[]> other = open(broker, "test.other");
        GuardedCommitter committer = committer(broker, LostCommit.REPAIR)) {
      GuardedCommittable committed = precommit(broker, "60000", true);
      takeUpAgain(broker, committed);
      CompletableFuture<Void> commit =
          CompletableFuture.runAsync(
              () -> {
                try {
                  committer.commit(requests(List.of(committed)));
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      Await.pause(Duration.ofSeconds(5));
      delete(broker, -1);
      other.abortTransaction();
      assertThat(commit)
          .failsWithin(Duration.ofSeconds(30))
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(LostCommitException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void commit_brokerForgotAndSomeResultsAreGone_thoseLeftTellOfTheCommit(int version)
      throws Exception {
    try (EmbeddedBroker broker = broker(version)) {
      GuardedCommittable committed = precommit(broker, "60000", true, 2);
      takeUpAgain(broker, committed);
      delete(broker, 1);
      try (GuardedCommitter committer = committer(broker, LostCommit.REPAIR)) {
        committer.commit(requests(List.of(committed)));
        assertThat(count("commitsConfirmed")).isEqualTo(1);
      }
      assertThat(read(broker)).hasSize(expected.size() - 1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = 2)
  void commit_lostAndSettingFail_fails(int version) throws Exception {
    try (EmbeddedBroker broker = broker(version)) {
      GuardedCommittable lost = lost(broker);
      try (GuardedCommitter committer = committer(broker, LostCommit.FAIL)) {
        assertThatThrownBy(() -> committer.commit(requests(List.of(lost))))
            .isInstanceOf(LostCommitException.class)
            .hasMessageContaining(
                "Data loss detected: the broker aborted transaction "
                    + lost.transactionalId()
                    + " (topic rejected, checkpoint 1, "
                    + lost.frames().count()
                    + " frames: ")
            .hasMessageContaining("--on-lost-commit is fail")
            .hasMessageEndingWith(
                """

                1. Label the frames again:
                flink run framelabel-job.jar --bootstrap-servers localhost:9092 --bounded=true\
                 --frame-offsets %s --group-id framelabel.backfill-rejected-0-1\
                 --model '/models/a b.onnx' --transactional-id-prefix framelabel.backfill-rejected-0-1
                2. Start the job from its last checkpoint:
                flink run -s '<last checkpoint>' -p 3 framelabel-job.jar\
                 --bootstrap-servers localhost:9092 --model '/models/a b.onnx'\
                 --on-lost-commit continue\
                """
                    .formatted(lost.frames().text()));
      }
    }
  }

  private EmbeddedBroker broker(int version) {
    return broker(version, Map.of());
  }

  private EmbeddedBroker broker(int version, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "200");
    EmbeddedBroker broker = EmbeddedBroker.start(folder, settings, version);
    List<String> ignored =
        Topics.create(broker.client(), List.of("labels", TOPIC), 2, (short) 1, 1 << 20);
    return broker;
  }

  private static Map<String, String> producerProperties(EmbeddedBroker broker, String timeout) {
    Map<String, String> properties = new HashMap<>(broker.client());
    properties.put("transaction.timeout.ms", timeout);
    properties.put("key.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
    properties.put("value.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
    return properties;
  }

  private static Properties asProperties(Map<String, String> map) {
    Properties properties = new Properties();
    properties.putAll(map);
    return properties;
  }

  /** A transaction as a worker leaves it that is killed before its commit, or right after it. */
  private GuardedCommittable precommit(EmbeddedBroker broker, String timeout, boolean commit) {
    return precommit(broker, timeout, commit, 1);
  }

  private GuardedCommittable precommit(
      EmbeddedBroker broker, String timeout, boolean commit, int atLeast) {
    String id = "test." + TOPIC + ".-0-" + nextCheckpoint++;
    String writer = ResultHeaders.newWriter();
    FrameRanges frames = new FrameRanges();
    long begun = System.currentTimeMillis();
    try (FlinkKafkaInternalProducer<byte[], byte[]> producer =
        new FlinkKafkaInternalProducer<>(asProperties(producerProperties(broker, timeout)), id)) {
      producer.initTransactions();
      producer.beginTransaction();
      int count = atLeast + random.nextInt(20);
      for (int i = 0; i < count; i++) {
        nextOffset += random.nextInt(5) == 0 ? 2 : 1;
        SourcePosition position = new SourcePosition("frames", 0, nextOffset);
        var ignored = producer.send(entry(position, writer));
        frames.add(position);
        expected.add(position);
      }
      producer.flush();
      KafkaCommittable committable =
          new KafkaCommittable(producer.getProducerId(), producer.getEpoch(), id, null);
      if (commit) {
        producer.commitTransaction();
      }
      return new GuardedCommittable(committable, frames, begun, writer);
    }
  }

  /** A transaction that the broker has thrown away before its commit. */
  private GuardedCommittable lost(EmbeddedBroker broker) throws Exception {
    return lost(broker, 1);
  }

  private GuardedCommittable lost(EmbeddedBroker broker, int atLeast) throws Exception {
    GuardedCommittable lost = precommit(broker, "1000", false, atLeast);
    awaitAborted(broker, List.of(lost));
    return lost;
  }

  private static byte[] value(SourcePosition position) {
    return new RejectedFrames(1 << 20)
        .write(
            RejectedFrame.ofRecord(
                RejectionKind.UNREADABLE_EVENT,
                "a test",
                position,
                Bytes.wrap(new byte[] {1, 2}),
                Map.of()),
            OutputFormat.SINGLE_OBJECT);
  }

  private GuardSettings settings(EmbeddedBroker broker, LostCommit onLoss) {
    Map<String, String> client = producerProperties(broker, "60000");
    return new GuardSettings(
        client,
        TOPIC,
        ResultSource.REJECTED,
        new RecoveryCommands(Map.of("model", "/models/a b.onnx")),
        onLoss);
  }

  private GuardedCommitter committer(EmbeddedBroker broker, LostCommit onLoss) {
    Map<String, String> client = producerProperties(broker, "60000");
    return new GuardedCommitter(
        new KafkaCommitter(
            asProperties(client),
            "test." + TOPIC + ".",
            0,
            nextCheckpoint,
            false,
            FlinkKafkaInternalProducer::new),
        settings(broker, onLoss),
        new UnregisteredMetricsGroup() {
          @Override
          public UnregisteredMetricsGroup addGroup(String name) {
            return this;
          }

          @Override
          public Counter counter(String name) {
            return counters.computeIfAbsent(name, key -> new SimpleCounter());
          }
        },
        3,
        PATIENCE);
  }

  private List<SourcePosition> inOrder(FrameRanges frames) {
    return inOrder(
        expected.stream().filter(frames::contains).collect(Collectors.toUnmodifiableSet()));
  }

  private static List<SourcePosition> inOrder(Set<SourcePosition> positions) {
    return positions.stream().sorted(Comparator.comparing(SourcePosition::offset)).toList();
  }

  private long count(String name) {
    return counters.get(name).getCount();
  }

  private static void awaitAborted(EmbeddedBroker broker, List<GuardedCommittable> committables)
      throws Exception {
    for (GuardedCommittable committable : committables) {
      assertThat(BrokerTransactions.outcome(committable.kafka(), asProperties(broker.client())))
          .isEqualTo(TransactionOutcome.ABORTED);
    }
  }

  /** As retention does; {@code -1}: everything. */
  private static void delete(EmbeddedBroker broker, long before) throws Exception {
    int partition = BuiltInPartitioner.partitionForKey(new byte[] {1}, 2);
    try (Admin admin = Admin.create(Map.copyOf(broker.client()))) {
      admin
          .deleteRecords(
              Map.of(new TopicPartition(TOPIC, partition), RecordsToDelete.beforeOffset(before)))
          .all()
          .get();
    }
  }

  private static List<SourcePosition> read(EmbeddedBroker broker) throws Exception {
    List<SourcePosition> found = positions(broker);
    assertThat(found).doesNotHaveDuplicates();
    return found;
  }

  private static List<SourcePosition> positions(EmbeddedBroker broker) throws Exception {
    List<SourcePosition> found = new ArrayList<>();
    try (OutcomeReader reader =
        new OutcomeReader(broker.client(), "labels", TOPIC, IsolationLevel.READ_COMMITTED)) {
      do {
        reader.poll(Duration.ofMillis(200)).stream().map(Outcome::source).forEach(found::add);
      } while (!reader.atEnd());
    }
    assertThat(committed(broker).stream().map(GuardedCommitterIT::frame))
        .as("headers, which a repair must keep")
        .containsExactlyInAnyOrderElementsOf(found.stream().map(SourcePosition::toString).toList());
    return found;
  }

  private static String frame(ConsumerRecord<byte[], byte[]> entry) {
    return new String(entry.headers().lastHeader("frame").value(), UTF_8);
  }

  /** Frames of the copies that readers see; other records may be there. */
  private static List<SourcePosition> committedResults(EmbeddedBroker broker) throws Exception {
    List<SourcePosition> found = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> entry : committed(broker)) {
      if (ResultHeaders.isCopy(entry.headers())) {
        found.add(new RejectedFrames(1 << 20).read(entry.value()).source());
      }
    }
    return found;
  }

  private static List<ConsumerRecord<byte[], byte[]>> committed(EmbeddedBroker broker) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    Map<String, Object> client = new HashMap<>(broker.client());
    client.put("isolation.level", "read_committed");
    try (var consumer =
        new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(new TopicPartition(TOPIC, 0), new TopicPartition(TOPIC, 1)));
      consumer.seekToBeginning(consumer.assignment());
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(200)).forEach(found::add);
      }
    }
    return found;
  }

  private static List<Committer.CommitRequest<GuardedCommittable>> requests(
      List<GuardedCommittable> committables) {
    List<Committer.CommitRequest<GuardedCommittable>> requests = new ArrayList<>();
    committables.forEach(committable -> requests.add(new Request(committable)));
    return requests;
  }

  private record Request(GuardedCommittable getCommittable)
      implements Committer.CommitRequest<GuardedCommittable> {
    @Override
    public int getNumberOfRetries() {
      return 0;
    }

    @Override
    public void signalFailedWithKnownReason(Throwable reason) {
      throw new AssertionError("given up in silence", reason);
    }

    @Override
    public void signalFailedWithUnknownReason(Throwable reason) {
      throw new AssertionError("failed", reason);
    }

    @Override
    public void retryLater() {
      throw new AssertionError("to be retried");
    }

    @Override
    public void updateAndRetryLater(GuardedCommittable committable) {
      throw new AssertionError("to be retried");
    }

    @Override
    public void signalAlreadyCommitted() {
      // What a recovery expects.
    }
  }
}
