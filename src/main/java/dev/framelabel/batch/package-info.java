/**
 * Groups single items into batches and keeps a device busy.
 *
 * <p>{@code BatchPolicy} decides how long a batch waits, without threads or a clock. {@code
 * Batcher} owns the threads and the locks. Nothing here knows what an item is.
 */
package dev.framelabel.batch;
