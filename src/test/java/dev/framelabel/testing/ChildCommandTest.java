package dev.framelabel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.testing.cluster.Await;
import dev.framelabel.testing.cluster.ChildCommand;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChildCommandTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** A stopped process (a store or a broker that a test holds up) must end too. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void endingWithParent_parentKilled_childIsGone(boolean stopped) throws Exception {
    Process parent =
        new ProcessBuilder(
                ChildCommand.endingWithParent(
                    java(), "-Xmx64m", "-cp", classPath(), Parent.class.getName()))
            .redirectErrorStream(true)
            .start();
    try (BufferedReader said = parent.inputReader(StandardCharsets.UTF_8)) {
      long child = Long.parseLong(said.readLine());
      assertThat(running(child)).isTrue();
      if (stopped) {
        Signals.send(child, "STOP");
      }
      assertThat(parent.destroyForcibly().waitFor(30, TimeUnit.SECONDS)).isTrue();
      Await.until("the child has ended", LIMIT, () -> !running(child));
    } finally {
      parent.destroyForcibly();
    }
  }

  @Test
  void endingWithParent_outputAndStatus_areTheCommands() throws Exception {
    Process child =
        new ProcessBuilder(
                ChildCommand.endingWithParent("sh", "-c", "echo $$ \"$1\"; exit 7", "sh", "a  $b"))
            .start();
    try (BufferedReader said = child.inputReader(StandardCharsets.UTF_8)) {
      assertThat(said.readLine()).isEqualTo(child.pid() + " a  $b");
      assertThat(said.readLine()).isNull();
    }
    assertThat(child.waitFor()).isEqualTo(7);
  }

  @Test
  void endingWithParent_askedByItsHandle_endsByItself() throws Exception {
    String script = "trap 'exit 3' TERM; echo up; while :; do sleep 0.1; done";
    Process child = new ProcessBuilder(ChildCommand.endingWithParent("sh", "-c", script)).start();
    try (BufferedReader said = child.inputReader(StandardCharsets.UTF_8)) {
      assertThat(said.readLine()).isEqualTo("up");
      assertThat(child.toHandle().destroy()).isTrue();
      assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(child.exitValue()).isEqualTo(3);
    } finally {
      child.destroyForcibly();
    }
  }

  /** Whether a process runs; a dead one whose parent does not ask for its status does not. */
  private static boolean running(long pid) throws IOException {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    if (Files.isDirectory(Path.of("/proc/self"))) {
      return Files.exists(status) && !Files.readString(status).contains("\nState:\tZ");
    }
    return ProcessHandle.of(pid).isPresent();
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static String classPath() throws Exception {
    return place(ChildCommand.class) + File.pathSeparator + place(Parent.class);
  }

  private static Path place(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** The main class of the JVM that is killed. */
  static final class Parent {
    private Parent() {}

    public static void main(String[] arguments) throws Exception {
      Process child = new ProcessBuilder(ChildCommand.endingWithParent("sleep", "600")).start();
      System.out.println(child.pid());
      int ignored = child.waitFor();
    }
  }
}
