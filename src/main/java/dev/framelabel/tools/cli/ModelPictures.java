package dev.framelabel.tools.cli;

import dev.framelabel.classify.SampleCheck;
import dev.framelabel.image.BadImageException;
import dev.framelabel.image.Fit;
import dev.framelabel.image.ImageDecoder;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.JpegBackend;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.ModelMetadata;
import dev.framelabel.model.OnnxLabelModel;
import dev.framelabel.model.Sample;
import dev.framelabel.tools.demo.DemoFrames;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Classifier of picture files, one at a time, as the job would label them. */
final class ModelPictures {
  private static final float SAMPLE_QUALITY = 0.85f;

  private final LabelModel model;
  private final ImageDecoder decoder;
  private final ByteBuffer pixels;
  private final FloatBuffer probabilities;

  ModelPictures(LabelModel model) {
    this.model = model;
    ModelMetadata metadata = model.metadata();
    decoder =
        new ImageDecoder(
            metadata.width(),
            metadata.height(),
            Fit.of(metadata.resize(), metadata.cropPct(), metadata.interpolation()),
            ImageLimits.DEFAULT,
            JpegBackend.AUTO);
    pixels = ByteBuffer.allocateDirect(model.metadata().frameBytes());
    probabilities = OnnxLabelModel.newProbabilities(1, model.metadata().classes());
  }

  /** Returns the probabilities of a picture file. */
  float[] label(Path file) throws BadImageException {
    decode(file);
    model.label(pixels, 1, probabilities);
    float[] row = new float[model.metadata().classes()];
    probabilities.get(0, row);
    return row;
  }

  private void decode(Path file) throws BadImageException {
    try {
      decoder.decode(Files.readAllBytes(file), pixels);
    } catch (IOException e) {
      throw new ModelException("picture " + file + " cannot be read: " + e, e);
    }
  }

  /** Returns a picture file as the model sees it, and the probabilities of that. */
  Sample sample(Path file) {
    try {
      decode(file);
    } catch (BadImageException e) {
      throw new ModelException("picture " + file + ": " + e.getMessage(), e);
    }
    ModelMetadata metadata = model.metadata();
    BufferedImage picture =
        new BufferedImage(metadata.width(), metadata.height(), BufferedImage.TYPE_INT_RGB);
    for (int at = 0; at < metadata.frameBytes() / 3; at++) {
      int colour = (pixels.getShort(3 * at) & 0xFFFF) << 8 | (pixels.get(3 * at + 2) & 0xFF);
      picture.setRGB(at % metadata.width(), at / metadata.width(), colour);
    }
    byte[] jpeg = DemoFrames.jpeg(picture, SAMPLE_QUALITY);
    return new Sample(jpeg, SampleCheck.label(model, jpeg));
  }

  /** Returns all JPEG, PNG and WebP files of a folder and the folders below, by name. */
  static List<Path> in(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new ModelException(folder + " is not a folder; expected a folder of images");
    }
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> pictures =
          files.filter(Files::isRegularFile).filter(ModelPictures::isPicture).sorted().toList();
      if (pictures.isEmpty()) {
        throw new ModelException("folder " + folder + " has no JPEG, PNG or WebP file");
      }
      return pictures;
    } catch (IOException e) {
      throw new ModelException("folder " + folder + " cannot be read: " + e, e);
    }
  }

  private static boolean isPicture(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return Stream.of(".jpg", ".jpeg", ".png", ".webp").anyMatch(name::endsWith);
  }
}
