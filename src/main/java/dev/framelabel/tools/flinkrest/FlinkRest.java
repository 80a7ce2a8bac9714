package dev.framelabel.tools.flinkrest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.framelabel.address.Addresses;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The parts of a Flink cluster's REST interface that are needed here. */
public final class FlinkRest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final long STEP_NANOS = 100_000_000;
  private static final int SHOWN = 2_000;
  private static final String CAUSE = "Caused by: ";
  private static final String BOUNDARY = "framelabel-upload";

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final ObjectMapper json = new ObjectMapper();
  private final String address;

  /**
   * @param address such as {@code http://localhost:8081}
   */
  public FlinkRest(String address) {
    this.address = address.replaceAll("/+$", "");
  }

  /** Where the interface is. */
  public String address() {
    return address;
  }

  /** Ids of the jobs that have not ended. */
  public List<String> liveJobs() {
    List<String> ids = new ArrayList<>();
    for (JsonNode job : get("/jobs").path("jobs")) {
      if (!ended(job.path("status").asText())) {
        ids.add(job.path("id").asText());
      }
    }
    return ids;
  }

  /** What the cluster says of itself that matters to a labelling job. */
  public ClusterFacts facts() {
    JsonNode overview = get("/overview");
    Map<String, String> settings = new HashMap<>();
    for (JsonNode setting : get("/jobmanager/config")) {
      settings.put(setting.path("key").asText(), setting.path("value").asText());
    }
    List<ClusterFacts.Worker> workers = new ArrayList<>();
    for (JsonNode worker : get("/taskmanagers").path("taskmanagers")) {
      JsonNode memory = worker.path("memoryConfiguration");
      workers.add(
          new ClusterFacts.Worker(
              worker.path("slotsNumber").asInt(),
              worker.path("hardware").path("cpuCores").asInt(),
              memory.path("taskHeap").asLong(),
              memory.path("taskOffHeap").asLong()));
    }
    return new ClusterFacts(
        overview.path("flink-version").asText(),
        overview.path("slots-available").asInt(),
        workers,
        settings);
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

  /**
   * Uploads a job jar.
   *
   * @return its id on the cluster
   */
  public String upload(Path jar) {
    try {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      body.write(
          ("--"
                  + BOUNDARY
                  + "\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\""
                  + jar.getFileName()
                  + "\"\r\nContent-Type: application/x-java-archive\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      Files.copy(jar, body);
      body.write(("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII));
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(address + "/jars/upload"))
              .timeout(TIMEOUT)
              .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
              .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
              .build();
      String name = send(request).path("filename").asText();
      return name.substring(name.lastIndexOf('/') + 1);
    } catch (IOException e) {
      throw new IllegalStateException("cannot upload " + jar, e);
    }
  }

  /**
   * Runs an uploaded jar's main class.
   *
   * @param savepoint to restore; empty: none
   * @return the job's id
   */
  public String run(String jar, List<String> arguments, int parallelism, String savepoint) {
    ObjectNode body = json.createObjectNode();
    arguments.forEach(body.putArray("programArgsList")::add);
    body.put("parallelism", parallelism);
    if (!savepoint.isEmpty()) {
      body.put("savepointPath", savepoint);
    }
    return post("/jars/" + jar + "/run", body).path("jobid").asText();
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
            HttpRequest.newBuilder(URI.create(address + "/jobs/" + job + "?mode=cancel"))
                .timeout(TIMEOUT)
                .method("PATCH", HttpRequest.BodyPublishers.noBody())
                .build());
    await("job " + job + " is gone", () -> ended(state(job)));
  }

  private static boolean ended(String state) {
    return List.of("CANCELED", "FINISHED", "FAILED").contains(state);
  }

  /**
   * Stops the job with a savepoint.
   *
   * @param folder its address, such as {@code s3://bucket/savepoints}; empty: the cluster's own
   * @param drain whether frames under way are finished first, so that none stand in the savepoint
   * @return where the savepoint is
   */
  public String stopWithSavepoint(String job, String folder, boolean drain) {
    ObjectNode body = json.createObjectNode().put("drain", drain);
    return savepoint(job, "stop", folder.isEmpty() ? body : body.put("targetDirectory", folder));
  }

  /**
   * Takes a savepoint of a job that goes on.
   *
   * @param folder its address, such as {@code s3://bucket/savepoints}; empty: the cluster's own
   * @return where the savepoint is
   */
  public String savepoint(String job, String folder) {
    ObjectNode body = json.createObjectNode().put("cancel-job", false);
    return savepoint(
        job, "savepoints", folder.isEmpty() ? body : body.put("target-directory", folder));
  }

  private String savepoint(String job, String verb, ObjectNode body) {
    String trigger = post("/jobs/" + job + "/" + verb, body).path("request-id").asText();
    String path = "/jobs/" + job + "/savepoints/" + trigger;
    await(
        "savepoint of job " + job,
        () -> get(path).path("status").path("id").asText().equals("COMPLETED"));
    JsonNode operation = get(path).path("operation");
    if (operation.path("location").isMissingNode()) {
      throw new IllegalStateException("the savepoint failed: " + reason(operation.toString()));
    }
    return operation.path("location").asText();
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TIMEOUT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() >= end || Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("not within " + TIMEOUT.toSeconds() + " s: " + what);
      }
      LockSupport.parkNanos(STEP_NANOS);
    }
  }

  private JsonNode get(String path) {
    return send(HttpRequest.newBuilder(URI.create(address + path)).timeout(TIMEOUT).build());
  }

  private JsonNode post(String path, JsonNode body) {
    return send(
        HttpRequest.newBuilder(URI.create(address + path))
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build());
  }

  /** Flink answers with whole stack traces: of those the innermost cause. */
  private String reason(String body) {
    String text = body;
    try {
      List<String> errors = new ArrayList<>();
      json.readTree(body).path("errors").forEach(error -> errors.add(error.asText()));
      text = errors.isEmpty() ? body : String.join("\n", errors);
    } catch (JsonProcessingException e) {
      // Not Flink's: as it is.
    }
    int cause = text.lastIndexOf(CAUSE);
    String reason = cause < 0 ? text : text.substring(cause + CAUSE.length());
    int trace = reason.indexOf("\n\tat ");
    reason = trace < 0 ? reason : reason.substring(0, trace);
    return reason.length() <= SHOWN ? reason : reason.substring(0, SHOWN) + " ...";
  }

  private JsonNode send(HttpRequest request) {
    try {
      HttpResponse<String> response =
          client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      if (response.statusCode() >= 300) {
        throw new IllegalStateException(
            request.method()
                + " "
                + Addresses.mask(request.uri().toString())
                + " answered "
                + response.statusCode()
                + ": "
                + reason(response.body()));
      }
      return json.readTree(response.body());
    } catch (IOException e) {
      throw new IllegalStateException(
          Addresses.mask(request.uri().toString()) + " does not answer: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
