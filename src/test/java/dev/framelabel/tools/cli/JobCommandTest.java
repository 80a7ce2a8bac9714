package dev.framelabel.tools.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the commands wait for a savepoint. The cluster is a server that answers as Flink does. */
class JobCommandTest {
  private static final String COMPLETED =
      """
      {"status": {"id": "COMPLETED"}, "operation": {"location": "s3://bucket/savepoint-1"}}""";
  private static final String FAILED =
      """
      {"status": {"id": "COMPLETED"}, "operation": {"failure-cause": {"class": "IOException"}}}""";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final AtomicInteger questions = new AtomicInteger();
  private HttpServer server;
  private int questionsUntilTheEnd;
  private String end = COMPLETED;

  @BeforeEach
  void startServer() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/jobs/j",
        exchange -> {
          boolean question = exchange.getRequestMethod().equals("GET");
          String progress =
              questions.get() < questionsUntilTheEnd
                  ? "{\"status\": {\"id\": \"IN_PROGRESS\"}}"
                  : end;
          byte[] body = (question ? progress : "{\"request-id\": \"t1\"}").getBytes(UTF_8);
          questions.addAndGet(question ? 1 : 0);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stopServer() {
    server.stop(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"stop", "savepoint"})
  void savepoint_takesSomeTime_printsItsPathAloneAndProgressBeside(String command) {
    questionsUntilTheEnd = 3;
    assertThat(run(command)).isZero();
    assertThat(out.toString().strip()).isEqualTo("s3://bucket/savepoint-1");
    assertThat(err.toString()).contains("savepoint t1 of job j: in progress for 0 s");
  }

  @ParameterizedTest
  @ValueSource(strings = {"stop", "savepoint"})
  void savepoint_takesTooLong_saysHowToAskAgain(String command) {
    questionsUntilTheEnd = Integer.MAX_VALUE;
    assertThat(run(command, "--timeout", "1 ms")).isEqualTo(1);
    assertThat(err.toString())
        .contains(
            "savepoint t1 of job j is not complete after 1 ms; Flink goes on with it",
            "curl " + address() + "/jobs/j/savepoints/t1",
            "--timeout");
  }

  @Test
  void savepoint_fails_saysSo() {
    end = FAILED;
    assertThat(run("savepoint")).isEqualTo(1);
    assertThat(err.toString()).contains("the savepoint failed").contains("IOException");
  }

  private String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private int run(String command, String... more) {
    var line = FramelabelCommand.line(Map.of());
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    String[] arguments = new String[5 + more.length];
    System.arraycopy(new String[] {"job", command, "--rest", address(), "j"}, 0, arguments, 0, 5);
    System.arraycopy(more, 0, arguments, 5, more.length);
    return line.execute(arguments);
  }
}
