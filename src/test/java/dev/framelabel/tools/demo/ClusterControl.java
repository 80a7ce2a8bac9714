package dev.framelabel.tools.demo;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobmaster.JobResult;

/** What tests do to a cluster of the demo and its jobs, and the demo does not. */
public final class ClusterControl {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private ClusterControl() {}

  /** Ends a task manager, and with it the tasks that run on it; starts another one. */
  public static void replaceTaskManager(LocalCluster cluster, int index) throws Exception {
    cluster.cluster.terminateTaskManager(index).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    cluster.cluster.startTaskManager();
  }

  /** Returns the address of Flink's REST API, on loopback. */
  public static URI webAddress(LocalCluster cluster) throws Exception {
    return cluster.cluster.getRestAddress().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** Waits until the job ends by itself, as a bounded one does; throws if it failed. */
  public static void awaitEnd(LocalCluster.Job job) throws Exception {
    JobResult ended = job.result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (!ended.isSuccess()) {
      job.failIfEnded();
    }
  }

  /**
   * Ends the job with a savepoint.
   *
   * @param drain whether in-flight frames are finished first, so that none stand in the savepoint
   * @return the savepoint's path
   */
  public static String stopWithSavepoint(LocalCluster cluster, LocalCluster.Job job, boolean drain)
      throws Exception {
    String target = cluster.folder.resolve("savepoints").toUri().toString();
    String path =
        cluster
            .cluster
            .stopWithSavepoint(job.id, target, drain, SavepointFormatType.CANONICAL)
            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    JobResult ignored = job.result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return path;
  }

  /** Returns how often the job was restored from a checkpoint. */
  public static long restores(LocalCluster.Job job) throws Exception {
    return job.checkpoints().getCounts().getNumberOfRestoredCheckpoints();
  }
}
