package dev.framelabel.tools.doctor;

import dev.framelabel.classify.ResidentMemory;
import dev.framelabel.classify.SampleCheck;
import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.kafka.admin.Finding;
import dev.framelabel.kafka.admin.Preflight;
import dev.framelabel.model.Agreement;
import dev.framelabel.model.DeviceMemoryException;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.OnnxLabelModel;
import dev.framelabel.tools.flinkrest.FlinkRest;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.apache.flink.runtime.util.EnvironmentInformation;

/** Checks of what a labelling job will meet: Java, model, device, Kafka, Flink. Change nothing. */
public final class Doctor {
  /** Batches of each stream, so that steps come to lie over each other in several ways. */
  private static final int STEPS = 3;

  private static final int JAVA = 17;

  private final JobOptions job;
  private final KafkaOptions kafka;
  private final Duration patience;

  /**
   * Prepares the checks; {@link #examine} makes them.
   *
   * @param patience how long a broker may take to answer
   */
  public Doctor(JobOptions job, KafkaOptions kafka, Duration patience) {
    this.job = job;
    this.kafka = kafka;
    this.patience = patience;
  }

  /**
   * Makes every check; trouble is a finding, never an exception.
   *
   * @param rest address of the cluster; empty: none
   */
  public List<Finding> examine(String rest) {
    List<Finding> findings = new ArrayList<>();
    findings.add(java(Runtime.version().feature()));
    Optional<ModelMemory> model = openModel(findings);
    findings.addAll(
        new Preflight(kafka, job.get(JobOptions.CHECKPOINT_INTERVAL), patience).findings());
    findings.addAll(cluster(rest, model));
    return findings;
  }

  static Finding java(int version) {
    return version >= JAVA
        ? Finding.ok("Java", Integer.toString(version))
        : Finding.failed("Java", version + "; expected 17 or newer", "install a JDK 17");
  }

  /**
   * Runs as many full batches at the same time as the job will, which all take memory.
   *
   * @return this process's resident bytes then, without the pixels of those batches
   */
  private long runStreams(LabelModel model) {
    int batch = job.get(JobOptions.MAX_BATCH_SIZE);
    int streams = job.get(JobOptions.CONCURRENT_BATCHES);
    ByteBuffer[] pixels = new ByteBuffer[streams];
    FloatBuffer[] scores = new FloatBuffer[streams];
    for (int stream = 0; stream < streams; stream++) {
      pixels[stream] = ByteBuffer.allocateDirect(batch * model.metadata().frameBytes());
      scores[stream] = OnnxLabelModel.newProbabilities(batch, model.metadata().classes());
    }
    ExecutorService threads = Executors.newFixedThreadPool(streams);
    try {
      // Waits for all, also where one fails: the model is closed next.
      CompletableFuture.allOf(
              IntStream.range(0, streams)
                  .mapToObj(
                      stream ->
                          CompletableFuture.runAsync(
                              () -> runSteps(model, pixels[stream], batch, scores[stream]),
                              threads))
                  .toArray(CompletableFuture[]::new))
          .join();
      return ResidentMemory.anonymousBytes() - (long) streams * pixels[0].capacity();
    } catch (CompletionException e) {
      throw e.getCause() instanceof ModelException failure ? failure : e;
    } finally {
      threads.shutdown();
    }
  }

  private static void runSteps(LabelModel model, ByteBuffer pixels, int batch, FloatBuffer scores) {
    for (int step = 0; step < STEPS; step++) {
      model.label(pixels, batch, scores);
    }
  }

  private Optional<ModelMemory> openModel(List<Finding> findings) {
    long before = ResidentMemory.anonymousBytes();
    try (LabelModel model =
        LabelModel.open(Path.of(job.get(JobOptions.MODEL)), job.sessionSettings())) {
      findings.add(
          Finding.ok(
              "model",
              "%s %s, %s classes"
                  .formatted(
                      model.metadata().name(),
                      model.metadata().version(),
                      model.metadata().classes())));
      findings.add(Finding.ok("device", model.device() + " (of this machine) takes the model"));
      findings.add(samples(model));
      return sessionMemory(model, before, findings);
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      findings.add(
          Finding.failed(
              "model and device",
              String.valueOf(e.getMessage()),
              "see docs/reference/messages.md, section 'Model and device'; 'framelabel model"
                  + " inspect FILE' tells what a file holds"));
      return Optional.empty();
    }
  }

  /** Compares the model on this device with its sample pictures. */
  public static Finding samples(LabelModel model) {
    String subject = "sample pictures";
    if (model.metadata().samples().isEmpty()) {
      return Finding.skipped(subject, "the model has none: 'framelabel model package --samples'");
    }
    Agreement found = SampleCheck.of(model);
    String text = found.toText(model.device() + " (of this machine)", "the model's own figures");
    if (found.within(SampleCheck.TOLERANCE)) {
      return Finding.ok(subject, text);
    }
    String cure = "see docs/guides/import-a-model.md, section 'Sample pictures'";
    return found.sameTop() < found.pictures()
        ? Finding.failed(subject, "a first label differs: " + text, cure)
        : Finding.warning(subject, "scores differ by more than 0.01: " + text, cure);
  }

  /** Returns the memory that concurrent full batches take, and adds a finding about it. */
  Optional<ModelMemory> sessionMemory(LabelModel model, long before, List<Finding> findings) {
    String subject = "session memory";
    String batches =
        "%s batches of %s at the same time"
            .formatted(job.get(JobOptions.CONCURRENT_BATCHES), job.get(JobOptions.MAX_BATCH_SIZE));
    try {
      long took = Math.max(0, runStreams(model) - before);
      findings.add(
          Finding.ok(
              subject, "about " + Finding.mib(took) + " outside of the heap, with " + batches));
      return Optional.of(new ModelMemory(model.metadata().frameBytes(), took));
    } catch (DeviceMemoryException e) {
      findings.add(
          Finding.warning(
              subject,
              "one full batch fits, but not " + batches + ": " + e.getMessage(),
              "lower --max-batch-size or --concurrent-batches; else the job divides such batches"));
      return Optional.empty();
    }
  }

  private List<Finding> cluster(String rest, Optional<ModelMemory> model) {
    if (rest.isEmpty()) {
      return List.of(Finding.skipped("Flink cluster", "no --rest was given"));
    }
    try {
      return ClusterChecks.of(
          new FlinkRest(rest).facts(), EnvironmentInformation.getVersion(), job, kafka, model);
    } catch (IllegalStateException e) {
      return List.of(
          Finding.failed(
              "Flink cluster",
              String.valueOf(e.getMessage()),
              "check --rest, and that the JobManager runs"));
    }
  }
}
