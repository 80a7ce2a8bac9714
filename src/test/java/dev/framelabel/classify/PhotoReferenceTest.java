package dev.framelabel.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.framelabel.image.Fit;
import dev.framelabel.image.ImageDecoder;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.JpegBackend;
import dev.framelabel.model.OnnxLabelModel;
import dev.framelabel.model.SessionSettings;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Ten photographs have the probabilities that {@code model/photo_reference.py} found for them. */
class PhotoReferenceTest {
  private static final Path PHOTOS = Path.of("src/test/resources/photos");
  private static final float TOLERANCE = 0.01f;

  @Test
  void label_photos_hasTheProbabilitiesOfTimmsAndTransformersPreprocessing() throws Exception {
    JsonNode cases = new ObjectMapper().readTree(PHOTOS.resolve("expected.json").toFile());
    assertThat(cases).hasSize(40);
    try (OnnxLabelModel model =
        new OnnxLabelModel(Path.of("model/demo-xception.onnx"), SessionSettings.onCpu(1))) {
      for (JsonNode one : cases) {
        float[] row = label(model, one);
        for (int index = 0; index < row.length; index++) {
          assertThat(row[index])
              .as("class %d of %s", index, one)
              .isCloseTo(
                  (float) one.path("probabilities").get(index).asDouble(), within(TOLERANCE));
        }
      }
    }
  }

  private static float[] label(OnnxLabelModel model, JsonNode one) throws Exception {
    Fit fit =
        Fit.of(
            one.path("resize").asText(),
            one.path("cropPct").asDouble(),
            one.path("interpolation").asText());
    ImageDecoder decoder =
        new ImageDecoder(
            model.metadata().width(),
            model.metadata().height(),
            fit,
            ImageLimits.DEFAULT,
            JpegBackend.AUTO);
    ByteBuffer pixels = ByteBuffer.allocateDirect(decoder.outputBytes());
    decoder.decode(Files.readAllBytes(PHOTOS.resolve(one.path("photo").asText())), pixels);
    FloatBuffer out = OnnxLabelModel.newProbabilities(1, model.metadata().classes());
    model.label(pixels, 1, out);
    float[] row = new float[model.metadata().classes()];
    out.get(0, row);
    return row;
  }
}
