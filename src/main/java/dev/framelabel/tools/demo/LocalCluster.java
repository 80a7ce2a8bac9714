package dev.framelabel.tools.demo;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A Flink MiniCluster in this JVM. Its owner closes it, which cancels its jobs. */
public final class LocalCluster implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long POLL_MILLIS = 50;
  private static final String LOOPBACK = "127.0.0.1";

  private final MiniCluster cluster;
  private final Path folder;

  /**
   * Starts a cluster.
   *
   * @param slots for each task manager
   * @param folder for checkpoints and temporary files
   */
  public static LocalCluster start(int taskManagers, int slots, Path folder) throws Exception {
    LocalCluster cluster = new LocalCluster(taskManagers, slots, folder);
    cluster.cluster.start();
    return cluster;
  }

  private LocalCluster(int taskManagers, int slots, Path folder) {
    Configuration configuration = new Configuration();
    configuration.set(CoreOptions.TMP_DIRS, folder.resolve("flink").toString());
    // Flink would listen on every address, and its REST interface runs code for whoever reaches it.
    configuration.set(RestOptions.BIND_ADDRESS, LOOPBACK);
    configuration.set(JobManagerOptions.BIND_HOST, LOOPBACK);
    configuration.set(TaskManagerOptions.BIND_HOST, LOOPBACK);
    this.folder = folder;
    this.cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(taskManagers)
                .setNumSlotsPerTaskManager(slots)
                .withRandomPorts()
                .build());
  }

  /**
   * Submits a job.
   *
   * @param savepoint to start from, or empty
   * @param define adds the job to the environment that it is given
   */
  public Job submit(
      int parallelism, Optional<String> savepoint, Consumer<StreamExecutionEnvironment> define)
      throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        folder.resolve("checkpoints").toUri().toString());
    configuration.set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
    savepoint.ifPresent(path -> configuration.setString("execution.state-recovery.path", path));
    StreamExecutionEnvironment environment = new StreamExecutionEnvironment(configuration);
    define.accept(environment);
    return new Job(cluster.submitJob(environment.getStreamGraph()).get().getJobID());
  }

  /** Ends a task manager, and with it the tasks that run on it. */
  public void endTaskManager(int index) throws Exception {
    cluster.terminateTaskManager(index).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  public void startTaskManager() throws Exception {
    cluster.startTaskManager();
  }

  /** Returns the address of Flink's REST API, on loopback. */
  public URI webAddress() throws Exception {
    return cluster.getRestAddress().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Override
  public void close() throws Exception {
    cluster.close();
  }

  /** A job of this cluster. */
  public final class Job {
    private final JobID id;
    private final CompletableFuture<JobResult> result;

    private Job(JobID id) {
      this.id = id;
      this.result = cluster.requestJobResult(id);
    }

    /** Waits until all tasks run. */
    public void awaitRunning() throws Exception {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!allTasksRun()) {
        failIfEnded();
        if (System.nanoTime() > deadline) {
          throw new TimeoutException("the job does not run after " + PATIENCE.toSeconds() + " s");
        }
        Thread.sleep(POLL_MILLIS);
      }
    }

    private boolean allTasksRun() throws Exception {
      AccessExecutionGraph graph = cluster.getExecutionGraph(id).get();
      Iterable<? extends AccessExecutionVertex> tasks = graph.getAllExecutionVertices();
      return graph.getState() == JobStatus.RUNNING
          && StreamSupport.stream(tasks.spliterator(), false)
              .allMatch(task -> task.getExecutionState() == ExecutionState.RUNNING);
    }

    /** Throws what ended the job, if it has ended. */
    public void failIfEnded() throws Exception {
      if (result.isDone()) {
        Throwable cause = result.get().getSerializedThrowable().<Throwable>map(t -> t).orElse(null);
        throw new IllegalStateException(
            "the labelling job ended" + (cause == null ? "" : ": " + rootMessage(cause)), cause);
      }
    }

    /** Waits until the job ends by itself, as a bounded one does; throws if it failed. */
    public void awaitEnd() throws Exception {
      JobResult ended = result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (!ended.isSuccess()) {
        failIfEnded();
      }
    }

    /** Ends the job with a savepoint, and returns the savepoint's path. */
    public String stopWithSavepoint() throws Exception {
      return stopWithSavepoint(false);
    }

    /**
     * Ends the job with a savepoint.
     *
     * @param drain whether in-flight frames are finished first, so that none stand in the savepoint
     * @return the savepoint's path
     */
    public String stopWithSavepoint(boolean drain) throws Exception {
      String target = folder.resolve("savepoints").toUri().toString();
      String path =
          cluster
              .stopWithSavepoint(id, target, drain, SavepointFormatType.CANONICAL)
              .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      JobResult ignored = result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return path;
    }

    /** Returns how often the job was restored from a checkpoint. */
    public long restores() throws Exception {
      return checkpoints().getCounts().getNumberOfRestoredCheckpoints();
    }

    /** Returns Flink's statistics of the checkpoints so far. */
    public CheckpointStatsSnapshot checkpoints() throws Exception {
      return cluster.getExecutionGraph(id).get().getCheckpointStatsSnapshot();
    }

    public void cancel() throws Exception {
      if (!result.isDone()) {
        cluster.cancelJob(id).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        try {
          JobResult ignored = result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
          // A cancelled job's result is its cancellation.
        }
      }
    }
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }
}
