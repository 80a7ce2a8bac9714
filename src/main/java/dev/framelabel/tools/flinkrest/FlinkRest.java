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
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A client of Flink's REST API, as far as the commands need it. Calls block for 60 s at most. */
public class FlinkRest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int SHOWN = 2_000;
  private static final String CAUSE = "Caused by: ";
  private static final String BOUNDARY = "framelabel-upload";

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final ObjectMapper json = new ObjectMapper();
  private final String address;

  /**
   * Prepares a client; sends no request.
   *
   * @param address such as {@code http://localhost:8081}
   */
  public FlinkRest(String address) {
    this.address = address.replaceAll("/+$", "");
  }

  /** Returns the URL of the API. */
  public String address() {
    return address;
  }

  /** Returns the ids of the jobs that have not ended. */
  public List<String> liveJobs() {
    List<String> ids = new ArrayList<>();
    for (JsonNode job : get("/jobs").path("jobs")) {
      if (!ended(job.path("status").asText())) {
        ids.add(job.path("id").asText());
      }
    }
    return ids;
  }

  /** Returns what the cluster says of itself that matters to a labelling job. */
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

  /**
   * Uploads a job jar.
   *
   * @return its id on the cluster
   */
  public String upload(Path jar) {
    try {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      body.write(
          ("--%s\r\nContent-Disposition: form-data; name=\"jarfile\";"
                  + " filename=\"%s\"\r\nContent-Type: application/x-java-archive\r\n\r\n")
              .formatted(BOUNDARY, jar.getFileName())
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

  /** Returns whether a state, in Flink's words, is a last one. */
  protected static boolean ended(String state) {
    return List.of("CANCELED", "FINISHED", "FAILED").contains(state);
  }

  /**
   * Starts to stop the job with a savepoint; {@link #savepointPath} tells when it is complete.
   *
   * @param folder its address, such as {@code s3://bucket/savepoints}; empty: the cluster's own
   * @param drain whether in-flight frames are finished first, so that the savepoint holds none
   * @return the id of the trigger
   */
  public String triggerStop(String job, String folder, boolean drain) {
    ObjectNode body = json.createObjectNode().put("drain", drain);
    return trigger(job, "stop", folder.isEmpty() ? body : body.put("targetDirectory", folder));
  }

  /**
   * Starts a savepoint of a job that goes on; {@link #savepointPath} tells when it is complete.
   *
   * @param folder its address, such as {@code s3://bucket/savepoints}; empty: the cluster's own
   * @return the id of the trigger
   */
  public String triggerSavepoint(String job, String folder) {
    ObjectNode body = json.createObjectNode().put("cancel-job", false);
    return trigger(
        job, "savepoints", folder.isEmpty() ? body : body.put("target-directory", folder));
  }

  private String trigger(String job, String verb, ObjectNode body) {
    return post("/jobs/" + job + "/" + verb, body).path("request-id").asText();
  }

  /**
   * Returns the path of a savepoint; empty while Flink takes it.
   *
   * @throws IllegalStateException if the savepoint failed
   */
  public Optional<String> savepointPath(String job, String trigger) {
    JsonNode answer = get(savepoint(job, trigger));
    if (!answer.path("status").path("id").asText().equals("COMPLETED")) {
      return Optional.empty();
    }
    JsonNode operation = answer.path("operation");
    if (operation.path("location").isMissingNode()) {
      throw new IllegalStateException("the savepoint failed: " + reason(operation.toString()));
    }
    return Optional.of(operation.path("location").asText());
  }

  /** Returns the URL that tells the state of a savepoint, for as long as Flink remembers it. */
  public String savepointUrl(String job, String trigger) {
    return address + savepoint(job, trigger);
  }

  private static String savepoint(String job, String trigger) {
    return "/jobs/" + job + "/savepoints/" + trigger;
  }

  /** Returns what a path answers to GET. */
  protected final JsonNode get(String path) {
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

  /** Returns the innermost cause of the stack traces that Flink answers with. */
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

  /**
   * Returns the answer to a request.
   *
   * @throws IllegalStateException if the cluster does not answer, or refuses
   */
  protected final JsonNode send(HttpRequest request) {
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
      throw new IllegalStateException("interrupted while waiting for Flink's answer", e);
    }
  }
}
