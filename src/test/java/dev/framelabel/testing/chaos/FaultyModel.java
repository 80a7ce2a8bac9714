package dev.framelabel.testing.chaos;

import dev.framelabel.model.Device;
import dev.framelabel.model.DeviceMemoryException;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.ModelMetadata;
import dev.framelabel.model.ModelOpener;
import dev.framelabel.model.SessionSettings;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/** The product's model on a device that passes the fault points. */
final class FaultyModel implements LabelModel {
  private final LabelModel model;
  private final String folder;

  private FaultyModel(LabelModel model, String folder) {
    this.model = model;
    this.folder = folder;
  }

  /** Opens such models in place of the product's. */
  record Opener(String folder) implements ModelOpener {
    @Override
    public LabelModel open(Path file, SessionSettings settings) {
      return new FaultyModel(LabelModel.open(file, settings), folder);
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
