/**
 * Labels frames: joins image decoding, batching and the model.
 *
 * <p>{@code Classifier} turns a {@code Frame} into a {@code CompletableFuture<Outcome>}. One
 * classifier for each model and device serves all tasks of a worker. Nothing here knows Flink or
 * Kafka.
 */
package dev.framelabel.classify;
