package dev.framelabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The alert rules by Prometheus' own tool; ClusterCommandsIT checks them against a running job. */
class MonitoringFilesTest {
  private static final Path RULES = Path.of("deploy/monitoring/alerts.yaml").toAbsolutePath();
  private static final Path TESTS = Path.of("src/test/resources/monitoring/alerts-test.yaml");

  @TempDir private Path folder;

  @Test
  void rules_areValidAndFireWhenTheyShould() throws Exception {
    assumeTrue(
        DeploymentFiles.installed("promtool"),
        "promtool is not on the PATH: alert rules are not tried");
    promtool("check", "rules", RULES.toString());
    Path tests = folder.resolve("tests.yaml");
    Files.writeString(tests, Files.readString(TESTS).replace("RULES", RULES.toString()));
    promtool("test", "rules", tests.toString());
  }

  @Test
  void rules_eachHasItsTest() throws Exception {
    List<String> alerts =
        Files.readAllLines(RULES).stream()
            .filter(line -> line.contains("- alert: "))
            .map(line -> line.replaceAll(".*: ", ""))
            .toList();
    assertThat(alerts).hasSizeGreaterThan(5);
    assertThat(Files.readString(TESTS)).contains(alerts);
  }

  private void promtool(String... arguments) throws Exception {
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(Stream.concat(Stream.of("promtool"), Stream.of(arguments)).toList())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(ended && process.exitValue() == 0).as(Files.readString(output)).isTrue();
  }
}
