package dev.framelabel.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Requests to Flink's REST API that only tests and benchmarks make. Thread-safe. */
public final class FlinkProbe {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final ObjectMapper json = new ObjectMapper();
  private final String address;

  /**
   * @param address such as {@code http://localhost:8081}
   */
  public FlinkProbe(String address) {
    this.address = address;
  }

  /** Returns how many TaskManagers have joined the cluster. */
  public int taskManagers() {
    return get("/overview").path("taskmanagers").asInt();
  }

  /** Returns the ids of the TaskManagers that have tasks of the job. */
  public Set<String> taskManagers(String job) {
    Set<String> ids = new HashSet<>();
    for (JsonNode vertex : get("/jobs/" + job).path("vertices")) {
      String path = "/jobs/" + job + "/vertices/" + vertex.path("id").asText();
      get(path).path("subtasks").forEach(task -> ids.add(task.path("taskmanager-id").asText()));
    }
    return ids;
  }

  /**
   * Returns metrics of the TaskManagers by Flink's names, summed over them; none where one of them
   * is not there. As old as those of {@link #largest}.
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
   * Returns metrics of a job's tasks by Flink's names, such as {@code classify.framelabel.batches}:
   * of each the largest that a task has; none where a task lacks one of them. Flink answers with
   * what it fetched at the question before, and fetches anew.
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

  /** Returns whether every task of the job runs. */
  public boolean allTasksRun(String job) {
    JsonNode found = get("/jobs/" + job);
    boolean all = found.path("state").asText().equals("RUNNING");
    for (JsonNode vertex : found.path("vertices")) {
      all &= vertex.path("tasks").path("RUNNING").asInt() == vertex.path("parallelism").asInt();
    }
    return all;
  }

  /** Returns how many checkpoints the job has: {@code completed}, {@code failed}, ... */
  public long checkpoints(String job, String kind) {
    return get("/jobs/" + job + "/checkpoints").path("counts").path(kind).asLong();
  }

  /** Cancels the job, and blocks until it has ended. */
  public void cancel(String job) {
    JsonNode ignored =
        send(
            HttpRequest.newBuilder(URI.create(address + "/jobs/" + job + "?mode=cancel"))
                .method("PATCH", HttpRequest.BodyPublishers.noBody()));
    Await.until(
        "job " + job + " is gone",
        TIMEOUT,
        () ->
            List.of("CANCELED", "FINISHED", "FAILED")
                .contains(get("/jobs/" + job).path("state").asText()));
  }

  private JsonNode get(String path) {
    return send(HttpRequest.newBuilder(URI.create(address + path)));
  }

  private JsonNode send(HttpRequest.Builder builder) {
    HttpRequest request = builder.timeout(TIMEOUT).build();
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() >= 300) {
        throw new IllegalStateException(
            request.uri() + " answered " + response.statusCode() + ": " + response.body());
      }
      return json.readTree(response.body());
    } catch (IOException e) {
      throw new IllegalStateException(request.uri() + " does not answer: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
