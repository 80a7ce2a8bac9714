package dev.framelabel.batch;

import java.util.List;

/**
 * The room in which a batch is put together and run: its slots are filled one by one, then it runs
 * as a whole, then it is filled anew. A {@link Batcher} owns its batches and closes them.
 *
 * @param <T> what goes in
 * @param <R> what comes out
 */
public interface Batch<T, R> extends AutoCloseable {
  /**
   * Makes an item ready in its slot. Called on the preparing threads, for different slots at the
   * same time.
   *
   * @throws Exception if the item is not fit for the batch; it fails alone, and its slot is used
   *     again
   */
  void prepare(int slot, T item) throws Exception;

  /** Moves a prepared item to a slot that is free, to close a gap. No other call runs. */
  void move(int from, int to);

  /** Lets go of the item in a slot that is free again. */
  default void clear(int slot) {}

  /**
   * Runs slots 0 to {@code count - 1} and returns one result for each, in that order. Called on a
   * device thread; no other call on this batch runs.
   *
   * @throws Exception if the batch failed as a whole
   */
  List<R> run(int count) throws Exception;

  @Override
  void close();
}
