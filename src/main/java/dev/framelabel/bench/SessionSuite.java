package dev.framelabel.bench;

import dev.framelabel.model.LabelModel;
import dev.framelabel.model.OnnxLabelModel;
import dev.framelabel.model.SessionSettings;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The model alone: frames a second by batch size, and with and without spinning threads. */
final class SessionSuite {
  private static final int[] BATCHES = {1, 4, 8, 16, 32};

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
      for (boolean spinning : new boolean[] {false, true}) {
        LabelModel session =
            LabelModel.open(model, new SessionSettings(device, 0, spinning, 32, ""));
        open.add(session);
        for (int batch : BATCHES) {
          contest.enter(
              "batch " + batch + (spinning ? ", spinning" : ""), () -> perSecond(session, batch));
        }
      }
      report.contest(
          "session",
          open.get(0).card().name() + " on " + open.get(0).device(),
          "frames/s",
          "",
          contest,
          rounds);
    } finally {
      open.forEach(LabelModel::close);
    }
  }

  /** Steps until 0.4 s are over, after one that does not count. */
  static double perSecond(LabelModel session, int batch) {
    ByteBuffer frames = ByteBuffer.allocateDirect(batch * session.card().frameBytes());
    byte[] noise = new byte[frames.capacity()];
    new Random(batch).nextBytes(noise);
    frames.put(0, noise);
    FloatBuffer probabilities = OnnxLabelModel.newProbabilities(batch, session.card().classes());
    session.label(frames, batch, probabilities);
    long begun = System.nanoTime();
    int done = 0;
    while (System.nanoTime() - begun < 400_000_000L) {
      session.label(frames, batch, probabilities);
      done += batch;
    }
    return done * 1e9 / (System.nanoTime() - begun);
  }

  /** Refuses to compare models whose frames are of another size. */
  static void sameInput(LabelModel one, LabelModel other) {
    if (one.card().frameBytes() != other.card().frameBytes()) {
      throw new IllegalArgumentException(
          "frames of "
              + one.card().name()
              + " have "
              + one.card().frameBytes()
              + " bytes, those of "
              + other.card().name()
              + " "
              + other.card().frameBytes()
              + "; expected models with the same input");
    }
  }
}
