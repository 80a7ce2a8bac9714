package dev.framelabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

  @Test
  void alerts_eachHasARunbookUrlOfASectionThatNamesIt() throws Exception {
    JsonNode rules =
        DeploymentFiles.documents(DeploymentFiles.read(RULES)).get(0).at("/groups/0/rules");
    assertThat(rules).hasSizeGreaterThan(5);
    for (JsonNode rule : rules) {
      String alert = rule.path("alert").asText();
      String url = rule.at("/annotations/runbook_url").asText();
      assertThat(url).as(alert).contains(".md#");
      String page = DeploymentFiles.read(Path.of(url.replaceFirst("#.*", "")));
      String section = sections(page).get(url.replaceFirst(".*#", ""));
      assertThat(section)
          .as("%s: section of %s", alert, url)
          .isNotNull()
          .contains('`' + alert + '`');
    }
  }

  /** Sections of a page by their anchors, as GitHub makes them from the headings. */
  private static Map<String, String> sections(String page) {
    Map<String, String> sections = new HashMap<>();
    for (String section : page.split("(?m)^#+ ", -1)) {
      String heading = section.lines().findFirst().orElse("");
      String anchor =
          heading.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-');
      String before = sections.put(anchor, section);
      assertThat(before).as("two sections of the anchor " + anchor).isNull();
    }
    return sections;
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
