package dev.framelabel.tools.bench;

import dev.framelabel.model.LabelModel;
import dev.framelabel.model.ModelOpener;
import dev.framelabel.model.SessionSettings;
import java.nio.file.Path;
import java.time.Duration;

/**
 * An accelerator that is not there. Opens a double of a label model that takes this accelerator's
 * time for each batch and no core, so that everything around the accelerator can be measured.
 *
 * @param side pixels of the model's square input
 * @param classes of the model
 * @param fixed time of a batch, without its frames
 * @param perFrame time that each frame of a batch adds
 */
public record SimulatedAccelerator(int side, int classes, Duration fixed, Duration perFrame)
    implements ModelOpener {

  /** Opens the double. The file and the settings are not read. */
  @Override
  public LabelModel open(Path file, SessionSettings settings) {
    return open();
  }

  /** Opens the double. */
  public SimulatedLabelModel open() {
    return new SimulatedLabelModel(this);
  }

  /** Returns the frames per second that batches of this size allow. */
  public double capacity(int batchSize) {
    return batchSize * 1e9 / batchNanos(batchSize);
  }

  /** Returns the time of a batch from the moment at which the accelerator begins it. */
  public long batchNanos(int batchSize) {
    return fixed.toNanos() + batchSize * perFrame.toNanos();
  }
}
