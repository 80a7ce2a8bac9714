package dev.framelabel.testing.cluster;

import dev.framelabel.kafka.admin.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Kafka and Flink as real processes on loopback, and the labelling job on them. Its owner closes
 * it; ends its processes too when this JVM ends in order. Not thread-safe.
 */
public final class ProcessCluster implements AutoCloseable {
  public static final int PARALLELISM = 2;
  public static final String FRAMES = "frames";
  public static final String LABELS = "labels";
  public static final String REJECTED = "rejected";

  private static final int PARTITIONS = 4;
  private static final int MAX_RECORD_BYTES = 1 << 20;
  private static final Duration JOB_LIMIT = Duration.ofMinutes(5);

  private final Settings settings;
  private final BrokerProcess broker;
  private final FlinkProcesses flink;
  private final Thread hook = new Thread(this::end, "framelabel-cluster-end");
  private String job = "";
  private String[] arguments = {};
  private int lastParallelism;
  private Path jobJar;

  /**
   * What to start.
   *
   * @param app the built application
   * @param model the label model
   * @param folder new; everything that the processes write is below it
   * @param transactionVersion of the broker: 1, 2 or 0 for its default
   * @param highAvailability whether another JobManager can take over
   * @param checkpointInterval of the job
   * @param transactionTimeout of the job's transactions
   * @param broker broker settings
   * @param flink Flink settings
   */
  public record Settings(
      AppFolder app,
      Path model,
      Path folder,
      int taskManagers,
      int transactionVersion,
      boolean highAvailability,
      Duration checkpointInterval,
      Duration transactionTimeout,
      Map<String, String> broker,
      Map<String, String> flink) {
    /** Two TaskManagers, a checkpoint a second, everything else as it comes. */
    public static Settings usual(AppFolder app, Path model, Path folder) {
      return new Settings(
          app,
          model.toAbsolutePath(),
          folder,
          2,
          0,
          false,
          Duration.ofSeconds(1),
          Duration.ofMinutes(15),
          Map.of(),
          Map.of());
    }

    public Settings withTaskManagers(int count) {
      return with(count, transactionVersion, highAvailability, transactionTimeout, broker, flink);
    }

    public Settings withTransactionVersion(int version) {
      return with(taskManagers, version, highAvailability, transactionTimeout, broker, flink);
    }

    public Settings withHighAvailability() {
      return with(taskManagers, transactionVersion, true, transactionTimeout, broker, flink);
    }

    /**
     * @param timeout what an outage must not outlast; the broker looks for it twice a second
     */
    public Settings withTransactionTimeout(Duration timeout) {
      Map<String, String> soon =
          Map.of("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500");
      return with(taskManagers, transactionVersion, highAvailability, timeout, soon, flink);
    }

    /**
     * @param settings of the broker, in place of those that were given before
     */
    public Settings withBroker(Map<String, String> settings) {
      return with(
          taskManagers, transactionVersion, highAvailability, transactionTimeout, settings, flink);
    }

    /**
     * @param settings of Flink, in place of those that were given before
     */
    public Settings withFlink(Map<String, String> settings) {
      return with(
          taskManagers, transactionVersion, highAvailability, transactionTimeout, broker, settings);
    }

    private Settings with(
        int taskManagers,
        int transactionVersion,
        boolean highAvailability,
        Duration transactionTimeout,
        Map<String, String> broker,
        Map<String, String> flink) {
      return new Settings(
          app,
          model,
          folder,
          taskManagers,
          transactionVersion,
          highAvailability,
          checkpointInterval,
          transactionTimeout,
          broker,
          flink);
    }
  }

  private ProcessCluster(Settings settings) {
    this.settings = settings;
    this.jobJar = settings.app().jobJar();
    this.broker =
        new BrokerProcess(
            settings.app(),
            settings.folder().resolve("broker"),
            settings.transactionVersion(),
            settings.broker());
    this.flink =
        new FlinkProcesses(
            settings.app(),
            settings.folder().resolve("flink"),
            settings.taskManagers(),
            settings.highAvailability(),
            settings.flink());
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Starts the processes, makes the topics and blocks until all is ready for a job. */
  public static ProcessCluster start(Settings settings) {
    ProcessCluster cluster = new ProcessCluster(settings);
    try {
      cluster.broker.awaitReady();
      List<String> ignored =
          Topics.create(
              cluster.broker.client(),
              List.of(FRAMES, LABELS, REJECTED),
              PARTITIONS,
              (short) 1,
              MAX_RECORD_BYTES);
      cluster.flink.awaitReady(settings.taskManagers());
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** Submits the job jar, and blocks until the job's tasks run. */
  public void submit(String... more) {
    submit(PARALLELISM, "", more);
  }

  /**
   * Submits the job jar, and blocks until the job's tasks run.
   *
   * @param savepoint to begin from; empty: none
   * @param more arguments of the job
   */
  public void submit(int parallelism, String savepoint, String... more) {
    submitOnly(parallelism, savepoint, more);
    awaitRunning();
  }

  /** Submits the job jar without waiting for its tasks. */
  public void submitOnly(int parallelism, String savepoint, String... more) {
    // Anew each time: what was uploaded is gone with the JobManager that took it.
    String jar = flink.rest().upload(jobJar);
    List<String> all =
        new ArrayList<>(
            List.of(
                "--bootstrap-servers",
                broker.jobBootstrapServers(),
                "--model",
                settings.model().toString(),
                "--device",
                "cpu",
                "--intra-op-threads",
                "1",
                "--decode-threads",
                "1",
                "--checkpoint-interval",
                settings.checkpointInterval().toMillis() + " ms",
                "--transaction-timeout",
                settings.transactionTimeout().toMillis() + " ms"));
    all.addAll(List.of(more));
    arguments = more.clone();
    lastParallelism = parallelism;
    job = flink.rest().run(jar, all, parallelism, savepoint);
  }

  /** Blocks until every task of the job runs. */
  public void awaitRunning() {
    Await.until("all tasks of job " + job + " run", JOB_LIMIT, () -> flink.rest().allTasksRun(job));
  }

  /**
   * Stops the job with a savepoint and goes on from it. Before another parallelism it is drained:
   * frames under way would be spread over the new tasks, out of their order.
   */
  public void stopAndGoOn(int parallelism) {
    submit(parallelism, stop(parallelism != lastParallelism), arguments);
  }

  /**
   * Stops the job with a savepoint and goes on from it with another version.
   *
   * @param jar that is submitted from now on
   * @param more arguments of the job, in place of those that were given before
   */
  public void upgrade(Path jar, String... more) {
    String savepoint = stop(false);
    jobJar = jar;
    submit(lastParallelism, savepoint, more);
  }

  private String stop(boolean drain) {
    String folder = settings.folder().resolve("flink/savepoints").toUri().toString();
    return flink.rest().stopWithSavepoint(job, folder, drain);
  }

  public BrokerProcess broker() {
    return broker;
  }

  public FlinkProcesses flink() {
    return flink;
  }

  /** The TaskManagers that the job runs on; all of them while it runs on none. */
  public List<JavaProcess> busyTaskManagers() {
    return flink.taskManagers(job);
  }

  /** The id of the job that was submitted last. */
  public String job() {
    return job;
  }

  /** Checkpoints of the job, by Flink's word for their fate. */
  public long checkpoints(String kind) {
    return flink.rest().checkpoints(job, kind);
  }

  private void end() {
    flink.close();
    broker.close();
  }

  @Override
  public void close() {
    end();
    try {
      boolean ignored = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending, and the hook does the same.
    }
  }
}
