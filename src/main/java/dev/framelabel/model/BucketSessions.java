package dev.framelabel.model;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The sessions of one model on one device, each for batches up to a size: one, but for CUDA, where
 * each bucket has its own. Owns them. Thread-safe once made.
 */
final class BucketSessions implements AutoCloseable {
  private final NavigableMap<Integer, OrtSession> sessions = new TreeMap<>();
  private final Device device;

  /**
   * Opens them, the largest batch's first.
   *
   * @param sha256 of the file
   * @throws ModelException if one does not open; none stays open then
   */
  BucketSessions(SessionFactory factory, Path file, String sha256, int maxBatch) {
    SessionFactory.Opened largest = factory.open(file, sha256);
    device = largest.device();
    sessions.put(maxBatch, largest.session());
    try {
      for (int size : BatchBuckets.of(device, maxBatch).sessions()) {
        if (size < maxBatch) {
          sessions.put(size, factory.open(file, sha256, device));
        }
      }
    } catch (ModelException e) {
      close(e);
      throw e;
    }
  }

  Device device() {
    return device;
  }

  /** The session for a batch of this size. */
  OrtSession of(int size) {
    Map.Entry<Integer, OrtSession> session = sessions.ceilingEntry(size);
    if (session == null) {
      throw new IllegalArgumentException(
          "a batch of " + size + " frames; expected at most " + sessions.lastKey());
    }
    return session.getValue();
  }

  private void close(ModelException cause) {
    try {
      close();
    } catch (ModelException e) {
      cause.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    List<OrtException> failures = new ArrayList<>();
    for (OrtSession session : sessions.values()) {
      try {
        session.close();
      } catch (OrtException e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      OrtException first = failures.get(0);
      throw new ModelException("the session does not close: " + first.getMessage(), first);
    }
  }
}
