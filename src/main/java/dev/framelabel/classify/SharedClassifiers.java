package dev.framelabel.classify;

import dev.framelabel.model.ModelOpener;
import java.util.HashMap;
import java.util.Map;

/**
 * One classifier for each model and device in a JVM, shared by all tasks that use it: their frames
 * share its batches. The last task that releases the classifier closes it.
 */
public final class SharedClassifiers {
  private static final SharedClassifiers INSTANCE = new SharedClassifiers();

  private final Map<Key, Shared> classifiers = new HashMap<>();

  private record Key(ClassifierSettings settings, ModelOpener models) {}

  private static final class Shared {
    final Classifier classifier;
    int users;

    Shared(Classifier classifier) {
      this.classifier = classifier;
    }
  }

  SharedClassifiers() {}

  /**
   * The classifiers of this JVM (of this class loader, to be exact: each Flink job has its own).
   */
  public static SharedClassifiers ofThisProcess() {
    return INSTANCE;
  }

  /** A user's hold on a shared classifier; closing it twice counts once. */
  public final class Lease implements AutoCloseable {
    private final Key key;
    private final Classifier classifier;
    private boolean released;

    private Lease(Key key, Classifier classifier) {
      this.key = key;
      this.classifier = classifier;
    }

    public Classifier classifier() {
      return classifier;
    }

    @Override
    public void close() {
      synchronized (SharedClassifiers.this) {
        if (!released) {
          released = true;
          release(key);
        }
      }
    }
  }

  /** Opens the classifier, or joins its other users. Blocks while a model is being opened. */
  public synchronized Lease acquire(ClassifierSettings settings, ModelOpener models) {
    Key key = new Key(settings, models);
    Shared shared =
        classifiers.computeIfAbsent(key, any -> new Shared(Classifier.open(settings, models)));
    shared.users++;
    return new Lease(key, shared.classifier);
  }

  private void release(Key key) {
    Shared shared = classifiers.get(key);
    if (--shared.users == 0) {
      classifiers.remove(key);
      shared.classifier.close();
    }
  }
}
