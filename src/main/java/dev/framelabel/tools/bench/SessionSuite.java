package dev.framelabel.tools.bench;

import dev.framelabel.model.CudaSettings;
import dev.framelabel.model.Device;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.OnnxLabelModel;
import dev.framelabel.model.Precision;
import dev.framelabel.model.SessionSettings;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Suite for the model alone: frames per second by batch size, with the defaults and with one
 * setting changed.
 */
public final class SessionSuite {
  private static final Logger LOG = LoggerFactory.getLogger(SessionSuite.class);
  private static final int[] BATCHES = {1, 4, 8, 16, 32};
  private static final int MOST = 32;

  private final BenchReport report;
  private final int rounds;
  private final Path model;
  private final String device;

  SessionSuite(BenchReport report, int rounds, Path model, String device) {
    this.report = report;
    this.rounds = rounds;
    this.model = model;
    this.device = device;
  }

  void run() throws Exception {
    List<LabelModel> open = new ArrayList<>();
    try {
      Contest contest = new Contest();
      for (Map.Entry<String, SessionSettings> variant : variants().entrySet()) {
        LabelModel session = LabelModel.open(model, variant.getValue());
        open.add(session);
        for (int batch : BATCHES) {
          contest.enter("batch " + batch + variant.getKey(), () -> perSecond(session, batch));
        }
      }
      report.contest(
          "session",
          open.get(0).metadata().name() + " on " + open.get(0).device(),
          "frames/s",
          "",
          contest,
          rounds);
    } finally {
      open.forEach(LabelModel::close);
    }
  }

  /**
   * Returns the defaults, and what is compared with them: spinning on a CPU, channels last on a
   * GPU.
   */
  private Map<String, SessionSettings> variants() {
    Map<String, SessionSettings> variants = new LinkedHashMap<>();
    SessionSettings usual = SessionSettings.on(device, MOST);
    variants.put("", usual);
    switch (Device.parse(device).kind()) {
      case CPU -> variants.put(", spinning", new SessionSettings(device, 0, true, MOST, ""));
      case CUDA ->
          variants.put(
              ", channels last",
              new SessionSettings(
                  device,
                  0,
                  usual.spinning(),
                  MOST,
                  "",
                  usual.precision(),
                  new CudaSettings(0, true),
                  usual.tensorRt(),
                  usual.plugin()));
      case PLUGIN -> {
        for (Precision precision : List.of(Precision.BF16, Precision.F16)) {
          SessionSettings other = withPrecision(usual, precision);
          if (opens(other)) {
            variants.put(", " + precision, other);
          }
        }
      }
      case TENSORRT -> {
        // Nothing to compare with.
      }
    }
    return variants;
  }

  private boolean opens(SessionSettings settings) {
    try {
      LabelModel.open(model, settings).close();
      return true;
    } catch (ModelException e) {
      LOG.info("Not measured: {}", e.getMessage());
      return false;
    }
  }

  private static SessionSettings withPrecision(SessionSettings usual, Precision precision) {
    return new SessionSettings(
        usual.device(),
        usual.threads(),
        usual.spinning(),
        usual.maxBatch(),
        usual.sha256(),
        precision,
        usual.cuda(),
        usual.tensorRt(),
        usual.plugin());
  }

  /** Runs batches for 0.4 s, after a warm-up batch, and returns frames per second. */
  public static double perSecond(LabelModel session, int batch) {
    // With room for the padding of the next larger bucket.
    ByteBuffer frames = ByteBuffer.allocateDirect(MOST * session.metadata().frameBytes());
    byte[] noise = new byte[batch * session.metadata().frameBytes()];
    new Random(batch).nextBytes(noise);
    frames.put(0, noise);
    FloatBuffer probabilities = OnnxLabelModel.newProbabilities(MOST, session.metadata().classes());
    session.label(frames, batch, probabilities);
    long begun = System.nanoTime();
    int done = 0;
    while (System.nanoTime() - begun < 400_000_000L) {
      session.label(frames, batch, probabilities);
      done += batch;
    }
    return done * 1e9 / (System.nanoTime() - begun);
  }
}
