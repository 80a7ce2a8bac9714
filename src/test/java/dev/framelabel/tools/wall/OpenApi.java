package dev.framelabel.tools.wall;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.net.http.HttpResponse;
import java.util.Iterator;

/** The OpenAPI file that a wall serves. Answers may hold nothing that it does not name. */
final class OpenApi {
  private final JsonNode document;
  private final JsonSchemaFactory schemas =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);

  OpenApi(WallClient client) throws Exception {
    document = client.json("/api/openapi.json");
    close(document.at("/components/schemas"));
  }

  private static void close(JsonNode node) {
    if (node.has("properties") && !node.has("additionalProperties")) {
      ((ObjectNode) node).put("additionalProperties", false);
    }
    node.forEach(OpenApi::close);
  }

  /** Asks for the path and holds the answer against what is written of its status. */
  HttpResponse<String> answer(WallClient client, int status, String path, String... headers)
      throws Exception {
    HttpResponse<String> answer = client.get(path, headers);
    assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(status);
    check(path, answer);
    return answer;
  }

  private void check(String path, HttpResponse<String> answer) throws Exception {
    JsonNode content = content(path, answer.statusCode());
    String type = answer.headers().firstValue("Content-Type").orElse("").replaceFirst(";.*", "");
    assertThat(content.has(type)).as(path + " gives " + type + "; documented: " + content).isTrue();
    if (type.equals("application/json")) {
      check(path, content.at("/application~1json/schema"), WallClient.parse(answer.body()));
    }
  }

  /** What is written of the content of an answer. */
  private JsonNode content(String path, int status) {
    JsonNode responses = operation(path).path("responses");
    JsonNode response = responses.path(Integer.toString(status));
    assertThat(response.isMissingNode()).as("nothing on " + status + " of " + path).isFalse();
    return response.has("$ref")
        ? document.at(response.get("$ref").asText().substring(1)).path("content")
        : response.path("content");
  }

  private JsonNode operation(String path) {
    return document.path("paths").path(path.replaceFirst("\\?.*", "")).path("get");
  }

  void check(EventReader.Event event) {
    JsonNode events =
        operation("/api/stream")
            .path("responses")
            .path("200")
            .path("content")
            .path("text/event-stream");
    JsonNode schema = events.path("x-events").path(event.name());
    assertThat(schema.isMissingNode()).as("nothing on event " + event.name()).isFalse();
    check("event " + event.name(), schema, event.data());
  }

  private void check(String what, JsonNode schema, JsonNode value) {
    ObjectNode root = schema.deepCopy();
    root.set("components", document.path("components"));
    assertThat(schemas.getSchema(root).validate(value)).as(what + ": " + value).isEmpty();
  }

  /** All documented paths. */
  Iterator<String> paths() {
    return document.path("paths").fieldNames();
  }
}
