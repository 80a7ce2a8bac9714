package dev.framelabel.model;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The sessions of one model on one device, each for batches up to a size: one, but for CUDA, where
 * each bucket has its own. Owns them. Thread-safe once made.
 */
final class BucketSessions implements AutoCloseable {
  private final BatchBuckets buckets;
  private final NavigableMap<Integer, OrtSession> sessions = new TreeMap<>();

  /**
   * Opens a session for each bucket size; closes all of them if one does not open.
   *
   * @param opener opens another session of the model; where it fails, none stays open
   */
  BucketSessions(BatchBuckets buckets, Supplier<OrtSession> opener) {
    this.buckets = buckets;
    try {
      for (int size : buckets.sessions()) {
        sessions.put(size, opener.get());
      }
    } catch (RuntimeException | Error e) {
      closeAfter(e);
      throw e;
    }
  }

  BatchBuckets buckets() {
    return buckets;
  }

  /**
   * Returns the session for a batch.
   *
   * @param size at most the largest bucket
   */
  OrtSession of(int size) {
    return sessions.ceilingEntry(size).getValue();
  }

  /** Closes all of them because of {@code cause}, which learns of one that does not close. */
  void closeAfter(Throwable cause) {
    try {
      close();
    } catch (ModelException e) {
      cause.addSuppressed(e);
    }
  }

  /** Closes all of them, also where one does not close. */
  @Override
  public void close() {
    ModelException failure = null;
    for (OrtSession session : sessions.values()) {
      try {
        session.close();
      } catch (OrtException e) {
        failure = new ModelException("the session does not close: " + e.getMessage(), e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
