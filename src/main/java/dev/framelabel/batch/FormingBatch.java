package dev.framelabel.batch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A batch on its way to the device: which slot belongs to whom. Guarded by its batcher's lock. */
final class FormingBatch<T, R> {
  private final Batch<T, R> batch;
  private final List<Ticket<T, R>> tickets;
  private final Deque<Integer> freeSlots = new ArrayDeque<>();
  private final int maxSize;
  private int pending;
  private boolean sealed;
  private long oldestArrivalNanos = Long.MAX_VALUE;

  FormingBatch(Batch<T, R> batch, int maxSize) {
    this.batch = batch;
    this.maxSize = maxSize;
    this.tickets = new ArrayList<>(maxSize);
  }

  Batch<T, R> batch() {
    return batch;
  }

  /**
   * Takes a slot for the ticket; it counts as pending until {@link #prepared} or {@link #failed}.
   */
  int claim(Ticket<T, R> ticket) {
    if (size() == 0) {
      oldestArrivalNanos = ticket.arrivedNanos();
    }
    pending++;
    if (freeSlots.isEmpty()) {
      tickets.add(ticket);
      return tickets.size() - 1;
    }
    int slot = freeSlots.pop();
    tickets.set(slot, ticket);
    return slot;
  }

  void prepared() {
    pending--;
  }

  void failed(int slot) {
    pending--;
    freeSlots.push(slot);
  }

  /** Items in the batch, those being prepared included. */
  int size() {
    return tickets.size() - freeSlots.size();
  }

  boolean open() {
    return !sealed && size() < maxSize;
  }

  /** No more items join. */
  void seal() {
    sealed = true;
  }

  boolean isSealed() {
    return sealed;
  }

  boolean settled() {
    return pending == 0;
  }

  long oldestArrivalNanos() {
    return oldestArrivalNanos;
  }

  /** Closes the gaps that failed items left, and returns the tickets in slot order. */
  List<Ticket<T, R>> compact() {
    List<Integer> gaps = freeSlots.stream().sorted().toList();
    int size = size();
    int from = tickets.size() - 1;
    for (int gap : gaps) {
      if (gap >= size) {
        break;
      }
      while (freeSlots.contains(from)) {
        from--;
      }
      batch.move(from, gap);
      tickets.set(gap, tickets.get(from));
      from--;
    }
    return List.copyOf(tickets.subList(0, size));
  }
}
