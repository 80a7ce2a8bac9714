package dev.framelabel.classify;

import dev.framelabel.image.BadImageException;
import dev.framelabel.image.ImageDecoder;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.Resize;
import dev.framelabel.model.Agreement;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.ModelMetadata;
import dev.framelabel.model.OnnxLabelModel;
import dev.framelabel.model.Sample;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;

/** Comparison of a model on its device with the probabilities of its sample pictures. */
public final class SampleCheck {
  /** Largest difference of a probability that a device may make. */
  public static final double TOLERANCE = 0.01;

  private SampleCheck() {}

  /**
   * Labels the model's samples, and compares.
   *
   * @throws ModelException if a sample is no picture, or the model fails
   */
  public static Agreement of(LabelModel model) {
    return Agreement.of(
        model.metadata().samples().stream().map(Sample::probabilities).toList(), label(model));
  }

  /**
   * Returns the probabilities of the model's samples on its device, labelled one at a time.
   *
   * @throws ModelException if a sample is no picture, or the model fails
   */
  public static List<float[]> label(LabelModel model) {
    return model.metadata().samples().stream().map(sample -> label(model, sample.jpeg())).toList();
  }

  /**
   * Returns the probabilities of a picture of the model's size.
   *
   * @throws ModelException if it is no picture, or the model fails
   */
  public static float[] label(LabelModel model, byte[] jpeg) {
    ModelMetadata metadata = model.metadata();
    ByteBuffer pixels = ByteBuffer.allocateDirect(metadata.frameBytes());
    FloatBuffer probabilities = OnnxLabelModel.newProbabilities(1, metadata.classes());
    try {
      new ImageDecoder(metadata.width(), metadata.height(), Resize.STRETCH, ImageLimits.DEFAULT)
          .decode(jpeg, pixels);
    } catch (BadImageException e) {
      throw new ModelException(
          ModelMetadata.SAMPLES_KEY + " has a damaged picture: " + e.getMessage(), e);
    }
    model.label(pixels, 1, probabilities);
    float[] row = new float[metadata.classes()];
    probabilities.get(0, row);
    return row;
  }
}
