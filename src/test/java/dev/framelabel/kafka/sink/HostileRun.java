package dev.framelabel.kafka.sink;

import dev.framelabel.LabellingJob;
import dev.framelabel.batch.BatchPolicy;
import dev.framelabel.classify.Classifier;
import dev.framelabel.classify.ClassifierSettings;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Image;
import dev.framelabel.event.Label;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.ModelIdentity;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.event.TestEvents;
import dev.framelabel.event.Timings;
import dev.framelabel.image.HostilePictures;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.JpegBackend;
import dev.framelabel.image.TestImages;
import dev.framelabel.model.ModelOpener;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.pipeline.ResultLimit;
import dev.framelabel.tools.modelkit.OverflowingModel;
import dev.framelabel.wire.HostileEvents;
import dev.framelabel.wire.ImageEvents;
import dev.framelabel.wire.IncomingFrame;
import dev.framelabel.wire.OutputFormat;
import dev.framelabel.wire.RejectedFrames;
import java.awt.Color;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.AbstractRecords;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.RecordBatch;

/**
 * The main class of a child process, through which hostile events and pictures go: the real reader
 * of events, the real classifier with each decoder of JPEGs, the real limit of results, and the
 * real writers of records, for topics of four sizes. Whatever has not exactly one outcome that its
 * topic takes ends the process.
 *
 * <p>Arguments: number of events, seed. Its last line has the counts and the peak of memory.
 */
final class HostileRun {
  /** Of all classifiers together. */
  static final int DECODING_THREADS = 2;

  private static final int[] LIMITS = {
    KafkaOptions.SMALLEST_RECORD_BYTES, 100_000, 1_000_000, 10_000_000
  };
  private static final byte[] PICTURE = TestImages.jpeg(64, 48, Color.RED);
  private static final Instant NOW = TestEvents.CAPTURED.plusSeconds(1);
  private static final RejectedFrames READER = new RejectedFrames(Integer.MAX_VALUE);
  private static final int BATCH = 8;
  private static final int MOST_WAITING = 64;
  private static final int MOST_WAITING_BYTES = 8 << 20;
  private static final int REPORT_EVERY = 100_000;

  private final ImageEvents events = new ImageEvents();
  private final List<Topics> topics = IntStream.of(LIMITS).mapToObj(Topics::new).toList();
  private final List<Waiting> waiting = new ArrayList<>();
  private final Map<String, Long> outcomes = new TreeMap<>();
  private final List<Classifier> classifiers;
  private long waitingBytes;

  /** A frame that a classifier has. */
  private record Waiting(Frame frame, Topics topics, CompletableFuture<Outcome> outcome) {}

  private HostileRun(List<Classifier> classifiers) {
    this.classifiers = classifiers;
  }

  public static void main(String[] arguments) throws Exception {
    long count = Long.parseLong(arguments[0]);
    long seed = Long.parseLong(arguments[1]);
    Path model = OverflowingModel.save(Files.createTempFile("overflowing", ".onnx"));
    List<Classifier> classifiers = new ArrayList<>();
    for (JpegBackend backend : List.of(JpegBackend.OPENCV, JpegBackend.AUTO)) {
      classifiers.add(
          Classifier.open(
              new ClassifierSettings(
                  model,
                  SessionSettings.onCpu(BATCH),
                  new BatchPolicy(BATCH, TimeUnit.MILLISECONDS.toNanos(1)),
                  DECODING_THREADS / 2,
                  1,
                  3,
                  ImageLimits.DEFAULT,
                  backend),
              ModelOpener.ONNX));
    }
    HostileRun run = new HostileRun(classifiers);
    for (IncomingFrame found : HostileEvents.found(PICTURE)) {
      for (Topics each : run.topics) {
        run.take(found, each);
      }
    }
    run.await();
    run.outcomes.clear();
    HostileEvents hostile = new HostileEvents(seed, PICTURE, new HostilePictures(seed));
    for (long number = 0; number < count; number++) {
      run.take(at(number, hostile.next()), run.topics.get((int) (number % LIMITS.length)));
      if (number % REPORT_EVERY == REPORT_EVERY - 1) {
        System.out.println(number + 1 + " " + run.outcomes + " " + peak());
      }
    }
    run.await();
    classifiers.forEach(Classifier::close);
    Files.delete(model);
    long sum = run.outcomes.values().stream().mapToLong(Long::longValue).sum();
    System.out.println(
        "events="
            + count
            + " seed="
            + seed
            + " outcomes="
            + sum
            + " "
            + peak()
            + " "
            + run.outcomes);
  }

  private static IncomingFrame at(long number, IncomingFrame event) {
    return new IncomingFrame(
        event.key(),
        event.value(),
        event.headers(),
        event.timestamp(),
        new SourcePosition("frames", 0, number));
  }

  private void take(IncomingFrame incoming, Topics to) throws Exception {
    FrameEvent event = events.read(incoming, NOW);
    require(event.source().equals(incoming.source()), incoming, event.source());
    if (event instanceof RejectedFrame rejected) {
      require(rejected.original().equals(incoming.value()), incoming, "the original was changed");
      checkRejected(rejected, to);
      return;
    }
    Frame frame = (Frame) event;
    if (frame.image().format() == Image.Format.REFERENCE) {
      checkRejected(frame.reject(RejectionKind.IMAGE_URI_REFUSED, "r".repeat(2_000)), to);
      return;
    }
    Classifier classifier = classifiers.get((int) (incoming.source().offset() / 4 & 1));
    waiting.add(new Waiting(frame, to, classifier.classify(frame)));
    waitingBytes += incoming.value().length();
    if (waiting.size() == MOST_WAITING || waitingBytes > MOST_WAITING_BYTES) {
      await();
    }
  }

  private void await() throws Exception {
    for (Waiting one : waiting) {
      Outcome outcome = one.outcome().get(1, TimeUnit.MINUTES);
      require(outcome.source().equals(one.frame().source()), one.frame(), outcome.source());
      require(outcome.frameId().equals(one.frame().frameId()), one.frame(), outcome.frameId());
      if (outcome instanceof RejectedFrame rejected) {
        checkRejected(rejected, one.topics());
      } else {
        checkLabelled(one.frame(), (LabelledFrame) outcome, one.topics());
      }
    }
    waiting.clear();
    waitingBytes = 0;
  }

  /** Nothing of a valid frame is ever left out: its limits are below the topic's. */
  private void checkLabelled(Frame frame, LabelledFrame outcome, Topics to) {
    count("labelled");
    for (LabelledFrame labelled : List.of(outcome, labelled(frame))) {
      to.checkBound(labelled);
      require(to.limit.fit(labelled) == labelled, frame, "fields of a label are left out");
      require(to.size(labelled) <= to.bytes, frame, "the topic would refuse it");
    }
  }

  private void checkRejected(RejectedFrame rejected, Topics to) throws IOException {
    count(rejected.kind().name());
    to.checkBound(rejected);
    require(to.limit.fit(rejected) == rejected, rejected, "fields of a rejection are left out");
    require(to.size(rejected) <= to.bytes, rejected, "the topic would refuse it");
    RejectedFrames.Stored stored = READER.readStored(to.rejected(rejected).value());
    require(
        stored.originalBytes() == rejected.original().length()
            && stored.frame().kind() == rejected.kind()
            && stored.frame().source().equals(rejected.source()),
        rejected,
        "it is read as " + stored);
  }

  private void count(String outcome) {
    Long unused = outcomes.merge(outcome, 1L, Long::sum);
  }

  private static void require(boolean good, Object what, Object found) {
    if (!good) {
      String text = what + ": " + found;
      throw new AssertionError(text.substring(0, Math.min(text.length(), 3_000)));
    }
  }

  private static String peak() throws IOException {
    long resident =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmHWM:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .findFirst()
            .orElseThrow();
    long heap =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getPeakUsage)
            .mapToLong(usage -> usage.getUsed() >> 10)
            .sum();
    return "peakResidentMiB=" + (resident >> 10) + " peakHeapMiB=" + (heap >> 10);
  }

  /** A topic's options, and its real writers of records. */
  static final class Topics {
    private final int bytes;
    private final ResultLimit limit;
    private final RecordSizes sizes;
    private final OutcomeRecords.OutcomeSerializer<LabelledFrame> labelled;
    private final OutcomeRecords.OutcomeSerializer<RejectedFrame> rejected;

    Topics(int bytes) {
      Configuration configuration = new Configuration();
      configuration.set(KafkaOptions.MAX_RECORD_SIZE, new MemorySize(bytes));
      KafkaOptions options = new KafkaOptions(configuration);
      this.bytes = bytes;
      this.limit = LabellingJob.resultLimit(options);
      this.sizes = new RecordSizes(options);
      this.labelled = OutcomeRecords.labelled(options, OutputFormat.PLAIN);
      this.rejected = OutcomeRecords.rejected(options, OutputFormat.PLAIN);
      labelled.open();
      rejected.open();
    }

    ResultLimit limit() {
      return limit;
    }

    ProducerRecord<byte[], byte[]> rejected(RejectedFrame frame) {
      return rejected.serialize(frame, null, null);
    }

    /** What is known without encoding a result must never be too little. */
    void checkBound(Outcome outcome) {
      long most = RecordSizes.atMost(outcome);
      int exact = sizes.exactly(outcome);
      require(exact <= most, outcome, exact + " bytes, but at most " + most);
    }

    int size(Outcome outcome) {
      ProducerRecord<byte[], byte[]> result =
          outcome instanceof LabelledFrame frame
              ? labelled.serialize(frame, null, null)
              : rejected((RejectedFrame) outcome);
      return AbstractRecords.estimateSizeInBytesUpperBound(
          RecordBatch.CURRENT_MAGIC_VALUE,
          CompressionType.NONE,
          result.key(),
          result.value(),
          result.headers().toArray());
    }
  }

  /** 100 labels of 200 bytes: more than any model that is known has to say. */
  static LabelledFrame labelled(Frame frame) {
    return new LabelledFrame(
        frame.cameraId(),
        frame.frameId(),
        frame.capturedAt(),
        NOW,
        IntStream.range(0, 100).mapToObj(i -> new Label("l".repeat(200), i, 0.01f)).toList(),
        new ModelIdentity("m".repeat(200), "1", "ab".repeat(32)),
        frame.source(),
        new Timings(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE),
        frame.attributes(),
        frame.headers());
  }
}
