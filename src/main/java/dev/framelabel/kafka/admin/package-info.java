/**
 * Administration of Kafka: topics, transactions, and the preflight checks of a job.
 *
 * <p>Checks return findings; the job's start and {@code framelabel doctor} use the same ones. All
 * calls block.
 */
package dev.framelabel.kafka.admin;
