package dev.framelabel.local.chaos;

import dev.framelabel.classify.Classifier;
import dev.framelabel.classify.ClassifierSettings;
import dev.framelabel.classify.SharedClassifiers;
import dev.framelabel.model.Device;
import dev.framelabel.model.DeviceMemoryException;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.ModelMetadata;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.function.Function;

/** The product's model on a device that passes the fault points. */
final class FaultyModel implements LabelModel {
  private final LabelModel model;
  private final String folder;

  private FaultyModel(LabelModel model, String folder) {
    this.model = model;
    this.folder = folder;
  }

  /** From now on this worker's classifiers open such models. */
  static void install(String folder) {
    Function<ClassifierSettings, Classifier> open =
        settings ->
            Classifier.open(
                settings,
                its -> new FaultyModel(LabelModel.open(its.model(), its.session()), folder));
    try {
      Field field = SharedClassifiers.class.getDeclaredField("open");
      field.setAccessible(true);
      field.set(SharedClassifiers.ofThisProcess(), open);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the worker's classifiers are not as expected", e);
    }
  }

  @Override
  public void label(ByteBuffer frames, int count, FloatBuffer probabilities) {
    FaultPoint.HANG.pass(folder);
    if (count > 1 && FaultPoint.NO_DEVICE_MEMORY.armed(Path.of(folder))) {
      throw new DeviceMemoryException("out of memory, as asked for", null);
    }
    model.label(frames, count, probabilities);
  }

  @Override
  public ModelMetadata metadata() {
    return model.metadata();
  }

  @Override
  public Device device() {
    return model.device();
  }

  @Override
  public void close() {
    model.close();
  }
}
