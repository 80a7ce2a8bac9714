package dev.framelabel.bench;

import com.sun.management.ThreadMXBean;
import dev.framelabel.batch.BatchPolicy;
import dev.framelabel.classify.Classifier;
import dev.framelabel.classify.ClassifierSettings;
import dev.framelabel.event.Bytes;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.image.ImageDecoder;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.JpegBackend;
import dev.framelabel.image.Resize;
import dev.framelabel.model.ModelOpener;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.tools.bench.BenchFrame;
import dev.framelabel.tools.bench.BenchReport;
import dev.framelabel.tools.bench.DecodeSuite;
import dev.framelabel.tools.bench.Table;
import dev.framelabel.wire.ImageEvents;
import dev.framelabel.wire.IncomingFrame;
import dev.framelabel.wire.LabelledFrames;
import dev.framelabel.wire.OutputFormat;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Bytes that the JVM's heap gives for a frame on its way, by the size of its picture. */
final class AllocationSuite {
  static final String NAME = "allocation";
  static final String SMALL = "640 x 480";
  static final String LARGE = "1920 x 1080";

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final SourcePosition SOURCE = new SourcePosition("frames", 0, 0);
  private static final int SIDE = 71;
  private static final int BATCH = 16;
  private static final int FRAMES = 320;

  /** Batches go when they are full: how many there are must not depend on the pictures. */
  private static final Duration MAX_QUEUE_DELAY = Duration.ofMinutes(1);

  private final BenchReport report;
  private final Lab.Settings settings;

  AllocationSuite(BenchReport report, Lab.Settings settings) {
    this.report = report;
    this.settings = settings;
  }

  void run() throws Exception {
    List<Map<String, Double>> small = new ArrayList<>();
    List<Map<String, Double>> large = new ArrayList<>();
    // By turns: what the compiler leaves out of the heap changes as it goes on.
    for (int round = 0; round <= settings.rounds(); round++) {
      report.progress("allocation, %s", round == 0 ? "warm-up" : "round " + round);
      Map<String, Double> ofSmall = stages(BenchFrame.jpegs(640, 480));
      Map<String, Double> ofLarge = stages(BenchFrame.jpegs(1920, 1080));
      if (round > 0) {
        small.add(ofSmall);
        large.add(ofLarge);
      }
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    for (String stage : small.get(0).keySet()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("name", stage);
      row.put(SMALL, BenchReport.median(small, round -> round.get(stage)));
      row.put("spread", BenchReport.spread(small, round -> round.get(stage)));
      row.put(LARGE, BenchReport.median(large, round -> round.get(stage)));
      row.put("largeSpread", BenchReport.spread(large, round -> round.get(stage)));
      rows.add(row);
    }
    report.addRows(
        new Table(
            NAME,
            "heap bytes for a frame, demo model",
            "bytes",
            "the record's value and the event's image are copied once each; nothing else grows with"
                + " the picture",
            settings.rounds(),
            rows));
  }

  private Map<String, Double> stages(List<BenchFrame> pictures) throws Exception {
    List<Frame> frames = frames(pictures);
    ImageEvents events = new ImageEvents();
    List<ByteBuffer> fetched = fetched(frames, events);
    List<Bytes> values = fetched.stream().map(AllocationSuite::value).toList();
    Map<String, Double> bytes = new LinkedHashMap<>();
    bytes.put(
        "encoded picture",
        pictures.stream().mapToInt(p -> p.image().bytes().length()).average().orElseThrow());
    bytes.put(
        "take the value with Kafka's ByteArrayDeserializer",
        ofThisThread(fetched, AllocationSuite::value));
    bytes.put("read the event", ofThisThread(values, value -> read(events, value)));
    for (JpegBackend backend : DecodeSuite.backends()) {
      bytes.put("decode into the batch with " + backend, decode(pictures, backend));
    }
    bytes.put("classify: decode, batch, model, labels", classify(frames));
    bytes.put("write the result", write(frames));
    return bytes;
  }

  /** The frames' values as Kafka's client fetches them: all in one array. */
  private static List<ByteBuffer> fetched(List<Frame> frames, ImageEvents events) {
    List<byte[]> values = frames.stream().map(f -> events.write(f, OutputFormat.PLAIN)).toList();
    ByteBuffer all = ByteBuffer.allocate(values.stream().mapToInt(value -> value.length).sum());
    List<ByteBuffer> parts = new ArrayList<>();
    for (byte[] value : values) {
      parts.add(all.slice(all.position(), value.length));
      all.put(value);
    }
    return parts;
  }

  private static Bytes value(ByteBuffer fetched) {
    return Bytes.wrap(
        new ByteArrayDeserializer().deserialize("frames", new RecordHeaders(), fetched));
  }

  private static FrameEvent read(ImageEvents events, Bytes value) {
    Instant now = Instant.now();
    return events.read(new IncomingFrame(Bytes.EMPTY, value, Map.of(), now, SOURCE), now);
  }

  private static List<Frame> frames(List<BenchFrame> pictures) {
    List<Frame> frames = new ArrayList<>();
    for (BenchFrame picture : pictures) {
      frames.add(
          new Frame(
              "camera-1",
              "frame-" + frames.size(),
              Instant.now().truncatedTo(ChronoUnit.MICROS),
              picture.image(),
              Map.of(),
              SOURCE));
    }
    return frames;
  }

  /** What is done with each thing. */
  @FunctionalInterface
  private interface Step<T> {
    void with(T thing) throws Exception;
  }

  /** Of the second half, when classes are loaded and buffers have their size. */
  private static <T> double ofThisThread(List<T> things, Step<T> step) throws Exception {
    long before = 0;
    for (int i = 0; i < 2 * FRAMES; i++) {
      if (i == FRAMES) {
        before = THREADS.getCurrentThreadAllocatedBytes();
      }
      step.with(things.get(i % things.size()));
    }
    return (double) (THREADS.getCurrentThreadAllocatedBytes() - before) / FRAMES;
  }

  private static double decode(List<BenchFrame> pictures, JpegBackend backend) throws Exception {
    ImageDecoder decoder = new ImageDecoder(SIDE, SIDE, Resize.CROP, ImageLimits.DEFAULT, backend);
    ByteBuffer target = ByteBuffer.allocateDirect(decoder.outputBytes());
    return ofThisThread(pictures, picture -> picture.decode(decoder, target));
  }

  /** Of all threads together. */
  private double classify(List<Frame> frames) {
    try (Classifier classifier = open()) {
      classifyAll(classifier, frames);
      long before = ofAllThreads();
      classifyAll(classifier, frames);
      return (double) (ofAllThreads() - before) / FRAMES;
    }
  }

  private Classifier open() {
    return Classifier.open(
        new ClassifierSettings(
            settings.model(),
            SessionSettings.onCpu(BATCH),
            new BatchPolicy(BATCH, MAX_QUEUE_DELAY.toNanos()),
            1,
            1,
            5,
            ImageLimits.DEFAULT,
            JpegBackend.AUTO),
        ModelOpener.ONNX);
  }

  private static List<Outcome> classifyAll(Classifier classifier, List<Frame> frames) {
    List<Outcome> outcomes = new ArrayList<>();
    for (int done = 0; done < FRAMES; done += BATCH) {
      List<CompletableFuture<Outcome>> batch = new ArrayList<>();
      for (int i = done; i < done + BATCH; i++) {
        batch.add(classifier.classify(frames.get(i % frames.size())));
      }
      batch.forEach(outcome -> outcomes.add(outcome.join()));
    }
    return outcomes;
  }

  private static long ofAllThreads() {
    return LongStream.of(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
        .filter(bytes -> bytes > 0)
        .sum();
  }

  private double write(List<Frame> frames) throws Exception {
    try (Classifier classifier = open()) {
      List<Outcome> outcomes = classifyAll(classifier, frames);
      LabelledFrames results = new LabelledFrames();
      return ofThisThread(
          outcomes,
          outcome -> {
            byte[] ignored = results.write((LabelledFrame) outcome, OutputFormat.SINGLE_OBJECT);
          });
    }
  }
}
