package dev.framelabel.tools.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;

/** Metrics of the job that runs, by Flink's REST interface, which refreshes them every 10 s. */
public final class RestMetrics {
  private RestMetrics() {}

  /**
   * Returns a metric's sum over the subtasks of the first vertex that has it.
   *
   * @param name what the metric's id ends with
   * @throws IllegalStateException if no vertex has it (yet)
   */
  public static long sum(LocalCluster cluster, String name) throws Exception {
    URI web = ClusterControl.webAddress(cluster);
    String job = "/jobs/" + running(json(web, "/jobs"));
    for (JsonNode vertex : json(web, job).path("vertices")) {
      String metrics = job + "/vertices/" + vertex.path("id").asText() + "/subtasks/metrics";
      for (JsonNode metric : json(web, metrics)) {
        String id = metric.path("id").asText();
        if (id.endsWith(name)) {
          return json(web, metrics + "?agg=sum&get=" + id).path(0).path("sum").asLong();
        }
      }
    }
    throw new IllegalStateException("no metric " + name);
  }

  private static String running(JsonNode jobs) {
    for (JsonNode job : jobs.path("jobs")) {
      if (job.path("status").asText().equals("RUNNING")) {
        return job.path("id").asText();
      }
    }
    throw new IllegalStateException("no job runs: " + jobs);
  }

  private static JsonNode json(URI web, String path) throws IOException {
    try (InputStream in = web.resolve(path).toURL().openStream()) {
      return new ObjectMapper().readTree(in);
    }
  }
}
