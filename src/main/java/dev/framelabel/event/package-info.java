/**
 * Immutable public records: a frame as it came in, its outcome, and the status of a camera.
 *
 * <p>A {@code Frame} becomes exactly one {@code Outcome}: a {@code LabelledFrame} or a {@code
 * RejectedFrame}. Nothing here knows Avro, Kafka or Flink. All types are safe to share between
 * threads.
 */
package dev.framelabel.event;
