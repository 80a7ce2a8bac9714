package dev.framelabel.tools.flinkrest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a user is told of a cluster's refusal. */
class FlinkRestTest {
  @Test
  void run_refusedWithAStackTrace_saysTheInnermostCause() throws Exception {
    String trace =
        "org.apache.flink.RestHandlerException: Could not execute application.\n"
            + "\tat org.apache.flink.Handler.handle(Handler.java:114)\n".repeat(50)
            + "Caused by: java.util.concurrent.CompletionException: failed\n\t... 2 more\n"
            + "Caused by: StartRefusedException: The job is not started:\n- topic frames: is not there\n"
            + "\tat dev.framelabel.Checks.run(Checks.java:1)\n\t... 6 more\n";
    assertThat(refusal(new ObjectMapper().writeValueAsString(Map.of("errors", List.of(trace)))))
        .endsWith(
            "/jars/job.jar/run answered 400: StartRefusedException: The job is not started:\n"
                + "- topic frames: is not there");
  }

  @Test
  void run_refusedByWhatIsNotFlink_saysTheAnswer() throws Exception {
    assertThat(refusal("<html>a proxy</html>")).endsWith("answered 400: <html>a proxy</html>");
  }

  private static String refusal(String answer) throws Exception {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpServer server = HttpServer.create(address, 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = answer.getBytes(UTF_8);
          exchange.sendResponseHeaders(400, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      FlinkRest flink = new FlinkRest("http://127.0.0.1:" + server.getAddress().getPort());
      return catchThrowable(() -> flink.run("job.jar", List.of(), 1, "")).getMessage();
    } finally {
      server.stop(0);
    }
  }
}
