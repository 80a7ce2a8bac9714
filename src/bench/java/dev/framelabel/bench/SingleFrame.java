package dev.framelabel.bench;

import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.Label;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.ModelIdentity;
import dev.framelabel.event.Timings;
import dev.framelabel.image.ImageDecoder;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.Resize;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.OnnxLabelModel;
import dev.framelabel.tools.bench.JdkDecoder;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.time.Instant;
import java.util.List;

/**
 * Labels one frame at a time, as the baselines do: the JDK's decoder, a batch of one. Thread-safe.
 */
final class SingleFrame {
  private final LabelModel model;
  private final JdkDecoder decoder;
  private final ImageDecoder rawDecoder;

  SingleFrame(LabelModel model) {
    this.model = model;
    this.decoder = new JdkDecoder(model.metadata().width());
    this.rawDecoder =
        new ImageDecoder(
            model.metadata().width(), model.metadata().height(), Resize.CROP, ImageLimits.DEFAULT);
  }

  LabelledFrame label(Frame frame) throws Exception {
    ByteBuffer pixels = ByteBuffer.allocateDirect(model.metadata().frameBytes());
    Image image = frame.image();
    if (image.format() == Image.Format.RGB24) {
      rawDecoder.scale(image.bytes().buffer(), image.width(), image.height(), pixels);
    } else {
      decoder.decode(image.bytes().buffer(), pixels);
    }
    FloatBuffer probabilities = OnnxLabelModel.newProbabilities(1, model.metadata().classes());
    long begun = System.nanoTime();
    model.label(pixels, 1, probabilities);
    long micros = (System.nanoTime() - begun) / 1000;
    return labelled(frame, best(probabilities), micros);
  }

  private Label best(FloatBuffer probabilities) {
    int best = 0;
    for (int index = 1; index < model.metadata().classes(); index++) {
      best = probabilities.get(index) > probabilities.get(best) ? index : best;
    }
    return new Label(model.metadata().labels().get(best), best, probabilities.get(best));
  }

  private LabelledFrame labelled(Frame frame, Label label, long micros) {
    return new LabelledFrame(
        frame.cameraId(),
        frame.frameId(),
        frame.capturedAt(),
        Instant.now(),
        List.of(label),
        new ModelIdentity(
            model.metadata().name(), model.metadata().version(), model.metadata().sha256()),
        frame.source(),
        new Timings(0, 0, micros, 1),
        frame.attributes(),
        frame.headers());
  }
}
