package dev.framelabel.wire.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.framelabel.address.Addresses;
import dev.framelabel.wire.RegistryException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;

/** HTTP calls to a registry. Blocks for at most 10 seconds a call. */
final class RegistryCalls {
  /**
   * The answer to a schema id that the registry does not know, or that it takes for no id at all:
   * ids of frames come from senders, and must not fail the job.
   */
  private static final Set<Integer> UNKNOWN_ID = Set.of(400, 404, 422);

  private static final Set<Integer> NOT_FOUND = Set.of(404);
  private static final int MULTIPLE_CHOICES = 300;
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int SHOWN = 300;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RegistrySettings settings;
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(LIMIT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  RegistryCalls(RegistrySettings settings) {
    this.settings = settings;
  }

  /** Answer of a registry. */
  record Answer(int status, String body) {
    boolean found() {
      return status < MULTIPLE_CHOICES;
    }
  }

  Answer get(String path) {
    return send(path, request(path).GET(), UNKNOWN_ID);
  }

  Answer post(String path, Object body) {
    try {
      return send(
          path,
          request(path)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))),
          NOT_FOUND);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(settings.url() + path))
            .timeout(LIMIT)
            .header("Accept", "application/json, application/vnd.schemaregistry.v1+json, */*");
    if (!settings.user().isEmpty()) {
      String token = Base64.getEncoder().encodeToString(settings.user().getBytes(UTF_8));
      request.header("Authorization", "Basic " + token);
    }
    return request;
  }

  /** Returns an answer below 300, or one that says that there is none; throws for all others. */
  private Answer send(String path, HttpRequest.Builder request, Set<Integer> none) {
    HttpResponse<String> response;
    try {
      response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new RegistryException(
          "the schema registry at "
              + settings.shown()
              + " does not answer ("
              + Addresses.maskIn(e.toString(), settings.url())
              + "); is --registry right, and does it run?",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RegistryException("interrupted while the schema registry was asked", e);
    }
    if (response.statusCode() >= MULTIPLE_CHOICES && !none.contains(response.statusCode())) {
      throw new RegistryException(
          "the schema registry answers "
              + response.statusCode()
              + " to "
              + settings.shown()
              + path
              + ": "
              + cut(response.body())
              + cure(response.statusCode()));
    }
    return new Answer(response.statusCode(), response.body());
  }

  private static String cure(int status) {
    return switch (status) {
      case 401, 403 ->
          "; it wants a user: basic.auth.user.info=name:password in the file of --kafka-properties";
      case 409 -> "; the schema does not fit the subject's earlier ones by the registry's rules";
      default -> "";
    };
  }

  private static String cut(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }

  /** Returns a field of a JSON answer. */
  JsonNode field(Answer answer, String pointer) {
    try {
      JsonNode found = JSON.readTree(answer.body()).at(pointer);
      if (!found.isMissingNode()) {
        return found;
      }
    } catch (JsonProcessingException e) {
      // Said below: whatever it is, it is no answer of a registry.
    }
    throw new RegistryException(
        "the answer of "
            + settings.shown()
            + " has no "
            + pointer
            + ": "
            + cut(answer.body())
            + "; is --registry the URL of a schema registry?");
  }

  static String encode(String segment) {
    return URLEncoder.encode(segment, UTF_8).replace("+", "%20");
  }
}
