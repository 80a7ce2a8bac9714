package dev.framelabel.classify;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * One classifier for each model and device in a JVM, however many tasks use it: their frames share
 * its batches. The last one to let go closes it.
 */
public final class SharedClassifiers {
  private static final SharedClassifiers INSTANCE = new SharedClassifiers(Classifier::open);

  private final Function<ClassifierSettings, Classifier> open;
  private final Map<ClassifierSettings, Shared> classifiers = new HashMap<>();

  private static final class Shared {
    final Classifier classifier;
    int users;

    Shared(Classifier classifier) {
      this.classifier = classifier;
    }
  }

  SharedClassifiers(Function<ClassifierSettings, Classifier> open) {
    this.open = open;
  }

  /**
   * The classifiers of this JVM (of this class loader, to be exact: each Flink job has its own).
   */
  public static SharedClassifiers ofThisProcess() {
    return INSTANCE;
  }

  /** A user's hold on a shared classifier; closing it twice counts once. */
  public final class Lease implements AutoCloseable {
    private final ClassifierSettings settings;
    private final Classifier classifier;
    private boolean released;

    private Lease(ClassifierSettings settings, Classifier classifier) {
      this.settings = settings;
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
          release(settings);
        }
      }
    }
  }

  /** Opens the classifier, or joins its other users. Blocks while a model is being opened. */
  public synchronized Lease acquire(ClassifierSettings settings) {
    Shared shared = classifiers.computeIfAbsent(settings, s -> new Shared(open.apply(s)));
    shared.users++;
    return new Lease(settings, shared.classifier);
  }

  private void release(ClassifierSettings settings) {
    Shared shared = classifiers.get(settings);
    if (--shared.users == 0) {
      classifiers.remove(settings);
      shared.classifier.close();
    }
  }
}
