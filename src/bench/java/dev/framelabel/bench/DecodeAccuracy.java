package dev.framelabel.bench;

import dev.framelabel.image.ImageDecoder;
import dev.framelabel.image.JpegBackend;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.OnnxLabelModel;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.tools.bench.BenchReport;
import dev.framelabel.tools.bench.DecodeSuite;
import dev.framelabel.tools.demo.DemoFrames;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether faster decoding changes labels: the demo's frames, decoded in each way. */
final class DecodeAccuracy {
  private final BenchReport report;
  private final Path modelFile;
  private final DemoFrames frames = new DemoFrames();

  DecodeAccuracy(BenchReport report, Path modelFile) {
    this.report = report;
    this.modelFile = modelFile;
  }

  /** A way from a file to the model's pixels. */
  @FunctionalInterface
  private interface Decode {
    void decode(byte[] file, ByteBuffer target) throws Exception;
  }

  void run() throws Exception {
    try (LabelModel model = LabelModel.open(modelFile, SessionSettings.onCpu(1))) {
      int side = model.metadata().width();
      String[] full = labels(model, (file, target) -> DecodeSuite.openCv(file, side, target));
      List<Map<String, Object>> rows = new ArrayList<>();
      for (JpegBackend backend : DecodeSuite.backends()) {
        ImageDecoder decoder = DecodeSuite.decoder(side, backend);
        rows.add(row(backend, full, labels(model, decoder::decode)));
      }
      report.addRows(
          "decode",
          "labels of " + frames.size() + " demo frames, " + side + " x " + side,
          "percent that agree with full decoding",
          "at least 99.5 percent",
          rows);
    }
  }

  private String[] labels(LabelModel model, Decode decode) throws Exception {
    ByteBuffer pixels = ByteBuffer.allocateDirect(model.metadata().frameBytes());
    FloatBuffer probabilities = OnnxLabelModel.newProbabilities(1, model.metadata().classes());
    String[] labels = new String[frames.size()];
    for (int index = 0; index < labels.length; index++) {
      decode.decode(frames.jpeg(index), pixels);
      model.label(pixels, 1, probabilities);
      int best = 0;
      for (int label = 1; label < model.metadata().classes(); label++) {
        best = probabilities.get(label) > probabilities.get(best) ? label : best;
      }
      labels[index] = model.metadata().labels().get(best);
    }
    return labels;
  }

  private Map<String, Object> row(JpegBackend backend, String[] full, String[] own) {
    int same = 0;
    int right = 0;
    for (int index = 0; index < full.length; index++) {
      same += own[index].equals(full[index]) ? 1 : 0;
      right += own[index].equals(frames.label(index)) ? 1 : 0;
    }
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", "Framelabel with " + backend);
    row.put("agree", BenchReport.round(100.0 * same / full.length));
    row.put("right", BenchReport.round(100.0 * right / full.length));
    return row;
  }
}
