package dev.framelabel.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.framelabel.tools.flinkrest.FlinkRest;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What tests and benchmarks ask of a Flink cluster beyond what the commands do. */
public final class FlinkProbe extends FlinkRest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /**
   * @param address such as {@code http://localhost:8081}
   */
  public FlinkProbe(String address) {
    super(address);
  }

  /** Stops the job with a savepoint and returns the savepoint's path. */
  public String stopWithSavepoint(String job, String folder, boolean drain) {
    String trigger = triggerStop(job, folder, drain);
    Await.until("the savepoint", TIMEOUT, () -> savepointPath(job, trigger).isPresent());
    return savepointPath(job, trigger).orElseThrow();
  }

  /** TaskManagers that have joined the cluster. */
  public int taskManagers() {
    return get("/overview").path("taskmanagers").asInt();
  }

  /**
   * Metrics of the TaskManagers by Flink's names, summed over them; none where one of them is not
   * there. As old as those of {@link #largest}.
   */
  public Map<String, Double> taskManagerMetrics(List<String> names) {
    Map<String, Double> metrics = new HashMap<>();
    String path = "/taskmanagers/metrics?agg=sum&get=" + String.join(",", names);
    for (JsonNode metric : get(path)) {
      metrics.put(metric.path("id").asText(), metric.path("sum").asDouble());
    }
    return metrics;
  }

  /**
   * Metrics of a job's tasks by Flink's names, such as {@code classify.framelabel.batches}: of each
   * the largest that a task has; none where a task lacks one of them. Flink answers with what it
   * fetched at the question before, and fetches anew.
   */
  public Map<String, Double> largest(String job, List<String> names) {
    Map<String, Double> metrics = new HashMap<>();
    for (JsonNode vertex : get("/jobs/" + job).path("vertices")) {
      String tasks = "/jobs/" + job + "/vertices/" + vertex.path("id").asText() + "/subtasks";
      for (JsonNode metric : get(tasks + "/metrics?agg=max&get=" + String.join(",", names))) {
        metrics.merge(metric.path("id").asText(), metric.path("max").asDouble(), Math::max);
      }
    }
    return metrics;
  }

  /** The job's state in Flink's words, such as {@code RUNNING}. */
  public String state(String job) {
    return get("/jobs/" + job).path("state").asText();
  }

  /** Whether every task of the job runs. */
  public boolean allTasksRun(String job) {
    JsonNode found = get("/jobs/" + job);
    boolean all = found.path("state").asText().equals("RUNNING");
    for (JsonNode vertex : found.path("vertices")) {
      all &= vertex.path("tasks").path("RUNNING").asInt() == vertex.path("parallelism").asInt();
    }
    return all;
  }

  /** Ids of the TaskManagers that have tasks of the job. */
  public Set<String> taskManagers(String job) {
    Set<String> ids = new HashSet<>();
    for (JsonNode vertex : get("/jobs/" + job).path("vertices")) {
      String path = "/jobs/" + job + "/vertices/" + vertex.path("id").asText();
      get(path).path("subtasks").forEach(task -> ids.add(task.path("taskmanager-id").asText()));
    }
    return ids;
  }

  /** Why the job failed; empty where it did not. */
  public String failure(String job) {
    JsonNode history = get("/jobs/" + job + "/exceptions").path("exceptionHistory").path("entries");
    return history.isEmpty() ? "" : history.get(0).path("stacktrace").asText();
  }

  /** Checkpoints of the job: {@code completed}, {@code failed}, {@code restored} ... */
  public long checkpoints(String job, String kind) {
    return get("/jobs/" + job + "/checkpoints").path("counts").path(kind).asLong();
  }

  /** Ends the job in order. */
  public void cancel(String job) {
    JsonNode ignored =
        send(
            HttpRequest.newBuilder(URI.create(address() + "/jobs/" + job + "?mode=cancel"))
                .timeout(TIMEOUT)
                .method("PATCH", HttpRequest.BodyPublishers.noBody())
                .build());
    Await.until("job " + job + " is gone", TIMEOUT, () -> ended(state(job)));
  }
}
