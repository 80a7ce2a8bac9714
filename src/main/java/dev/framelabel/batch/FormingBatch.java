package dev.framelabel.batch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** A batch on its way to the device: which slot belongs to whom. Guarded by its batcher's lock. */
final class FormingBatch<T, R> {
  private final Batch<T, R> batch;
  private final List<Ticket<T, R>> tickets;
  private final Deque<Integer> freeSlots = new ArrayDeque<>();
  private final BitSet pending = new BitSet();
  private final BitSet withdrawn = new BitSet();
  private final int maxSize;
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
    int slot = freeSlots.isEmpty() ? tickets.size() : freeSlots.pop();
    if (slot == tickets.size()) {
      tickets.add(ticket);
    } else {
      Ticket<T, R> ignored = tickets.set(slot, ticket);
    }
    pending.set(slot);
    return slot;
  }

  void prepared(int slot) {
    pending.clear(slot);
    if (withdrawn.get(slot)) {
      free(slot);
    }
  }

  void failed(int slot) {
    pending.clear(slot);
    free(slot);
  }

  /** Takes a ticket out, at the latest when it is prepared; false if the ticket is not here. */
  boolean withdraw(CompletableFuture<R> result) {
    for (int slot = 0; slot < tickets.size(); slot++) {
      Ticket<T, R> ticket = tickets.get(slot);
      if (ticket != null && ticket.result() == result) {
        if (pending.get(slot)) {
          withdrawn.set(slot);
        } else {
          free(slot);
        }
        return true;
      }
    }
    return false;
  }

  /** Takes out the tickets whose results would come too late. No slot is pending. */
  List<Ticket<T, R>> withdrawStale(long nowNanos, long batchNanos) {
    List<Ticket<T, R>> stale =
        tickets().stream().filter(ticket -> ticket.stale(nowNanos, batchNanos)).toList();
    stale.forEach(ticket -> withdraw(ticket.result()));
    return stale;
  }

  private void free(int slot) {
    withdrawn.clear(slot);
    Ticket<T, R> ignored = tickets.set(slot, null);
    batch.clear(slot);
    freeSlots.push(slot);
  }

  /** Returns the tickets in the batch, in slot order. */
  List<Ticket<T, R>> tickets() {
    return tickets.stream().filter(Objects::nonNull).toList();
  }

  /** Returns the number of items in the batch, those being prepared included. */
  int size() {
    return tickets.size() - freeSlots.size();
  }

  boolean open() {
    return !sealed && size() < maxSize;
  }

  /** Closes the batch to further items. */
  void seal() {
    sealed = true;
  }

  boolean isSealed() {
    return sealed;
  }

  boolean settled() {
    return pending.isEmpty();
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
      Ticket<T, R> ignored = tickets.set(gap, tickets.get(from));
      from--;
    }
    return List.copyOf(tickets.subList(0, size));
  }
}
