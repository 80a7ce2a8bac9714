package dev.framelabel.wire.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Speaks those REST calls of Confluent's registry and of Apicurio's version 3 that Framelabel
 * makes, as their documentation describes them. Ids count from 1; Apicurio's global ids from 1,001.
 */
public final class StandInRegistry implements AutoCloseable {
  private static final int GLOBAL = 1_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final List<String> subjects = new ArrayList<>();
  private final List<String> schemas = new ArrayList<>();

  /** Method and path of each call. */
  public final List<String> calls = new CopyOnWriteArrayList<>();

  /** Where not 0, the status of every answer. */
  public volatile int refuseWith;

  /** Whether schemas name types of other artifacts, and are only given whole where asked so. */
  public volatile boolean referring;

  /** The {@code Authorization} of the last call. */
  public volatile String authorization;

  public StandInRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  public String confluentUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/apis/ccompat/v7";
  }

  public String apicurioUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/apis/registry/v3";
  }

  private synchronized void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    String query = String.valueOf(exchange.getRequestURI().getRawQuery());
    calls.add(exchange.getRequestMethod() + " " + path);
    authorization = exchange.getRequestHeaders().getFirst("Authorization");
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    String answer =
        refuseWith != 0
            ? null
            : path.startsWith("/apis/ccompat/v7")
                ? confluent(path.substring("/apis/ccompat/v7".length()), query, body)
                : apicurio(path.substring("/apis/registry/v3".length()), query, body);
    byte[] bytes =
        (answer == null ? "{\"error_code\":40403,\"message\":\"no\"}" : answer).getBytes(UTF_8);
    int status = refuseWith != 0 ? refuseWith : answer == null ? 404 : 200;
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private String confluent(String path, String query, String body) throws IOException {
    String[] parts = path.split("/", -1);
    if (parts[1].equals("schemas")) {
      int id = Integer.parseInt(parts[3]);
      return id > schemas.size()
          ? null
          : JSON.writeValueAsString(Map.of("schema", text(id, query.equals("format=resolved"))));
    }
    String schema = JSON.readTree(body).get("schema").asText();
    int id = id(parts[2], schema, parts.length == 4);
    return id == 0 ? null : JSON.writeValueAsString(Map.of("id", id));
  }

  private String apicurio(String path, String query, String body) throws IOException {
    String[] parts = path.split("/", -1);
    if (parts[1].equals("search")) {
      int id = Integer.parseInt(query.replaceAll(".*contentId=", ""));
      return JSON.writeValueAsString(Map.of("versions", List.of(Map.of("globalId", GLOBAL + id))));
    }
    if (parts[1].equals("ids")) {
      boolean global = parts[2].equals("globalIds");
      int id = Integer.parseInt(parts[3]) - (global ? GLOBAL : 0);
      if (id < 1 || id > schemas.size()) {
        return null;
      }
      return parts.length > 4
          ? (referring ? "[{\"name\":\"Label\"}]" : "[]")
          : text(id, global && query.equals("references=DEREFERENCE"));
    }
    JsonNode request = JSON.readTree(body);
    String schema = request.at("/firstVersion/content/content").asText();
    int id = id(request.get("artifactId").asText(), schema, true);
    return JSON.writeValueAsString(
        Map.of("version", Map.of("globalId", GLOBAL + id, "contentId", id)));
  }

  private String text(int id, boolean whole) {
    return whole || !referring ? schemas.get(id - 1) : "{\"type\":\"Label\"}";
  }

  /** 0: not there. */
  private int id(String subject, String schema, boolean register) {
    for (int i = 0; i < schemas.size(); i++) {
      if (subjects.get(i).equals(subject) && schemas.get(i).equals(schema)) {
        return i + 1;
      }
    }
    if (!register) {
      return 0;
    }
    subjects.add(subject);
    schemas.add(schema);
    return schemas.size();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
