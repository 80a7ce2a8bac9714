package dev.framelabel.batch;

import java.util.concurrent.CompletableFuture;

/** An item on its way through the batcher. */
record Ticket<T, R>(T item, long arrivedNanos, CompletableFuture<R> result) {}
