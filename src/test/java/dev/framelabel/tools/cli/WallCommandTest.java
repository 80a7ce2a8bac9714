package dev.framelabel.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.testing.cluster.Await;
import dev.framelabel.tools.demo.BrokerFiles;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class WallCommandTest {
  private static final String WARNING = "there is no token";

  @TempDir private Path folder;

  @Test
  void wall_onLoopbackByWhateverName_warnsOfNobody() throws Exception {
    assertThat(said("--host", "localhost")).contains("http://localhost:").doesNotContain(WARNING);
    assertThat(said("--host", "127.0.0.1")).doesNotContain(WARNING);
  }

  @Test
  void wall_withoutHost_isOnLoopback() throws Exception {
    assertThat(said()).contains("Wall: http://127.0.0.1:");
  }

  @Test
  void wall_withToken_doesNotSayIt() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "open sesame\n");
    assertThat(said("--token-file", token.toString()))
        .contains("?token=...")
        .doesNotContain("sesame");
  }

  /** With its byte-order mark this token would be long enough. */
  @Test
  void wall_tokenFileOfWindows_countsWithoutItsByteOrderMark() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "\uFEFF1234567\r\n");
    String[] line = {"wall", "--port=0", "--token-file", token.toString()};
    StringWriter out = new StringWriter();
    CommandLine command = FramelabelCommand.line(Map.of(), line);
    command.setErr(new PrintWriter(out, true));
    assertThat(command.execute(line)).isNotZero();
    assertThat(out.toString()).contains("7 characters; expected 8").doesNotContain("1234567");
  }

  /** What the command has printed once it runs. */
  private static String said(String... arguments) throws Exception {
    List<String> line = new ArrayList<>(List.of("wall", "--port", "0", "--bootstrap-servers"));
    line.add("127.0.0.1:" + BrokerFiles.freePort());
    line.addAll(List.of(arguments));
    String[] all = line.toArray(String[]::new);
    CommandLine command = FramelabelCommand.line(Map.of(), all);
    StringWriter out = new StringWriter();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(out, true));
    Thread running = new Thread(() -> command.execute(all));
    running.start();
    try {
      Await.until("it runs", Duration.ofSeconds(60), () -> out.toString().contains("Wall: "));
    } finally {
      running.interrupt();
      running.join(60_000);
    }
    return out.toString();
  }
}
