package dev.framelabel.tools.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
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

  final MiniCluster cluster;
  final Path folder;

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

  @Override
  public void close() throws Exception {
    cluster.close();
  }

  /** A job of this cluster. */
  public final class Job {
    final JobID id;
    final CompletableFuture<JobResult> result;

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
            "the labelling job ended"
                + (cause == null ? "" : ": " + ExceptionUtils.getRootCause(cause).getMessage()),
            cause);
      }
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
}
