/**
 * The commit guard: finds out whether a transaction that could not be committed was lost, and
 * repairs it.
 *
 * <p>It wraps the committer of Flink's Kafka sink. Kafka's connector treats a lost transaction like
 * a healthy recovery; the guard asks the broker, counts, and publishes lost results again or ends
 * the job.
 */
package dev.framelabel.kafka.sink.commit;
