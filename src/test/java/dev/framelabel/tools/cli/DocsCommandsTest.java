package dev.framelabel.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.framelabel.DeploymentFiles;
import dev.framelabel.config.JobArguments;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The commands that the documentation shows are those that there are. */
class DocsCommandsTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");
  private static final String LAUNCHER = "./framelabel ";
  private static final String FLINK = "flink run ";

  @Test
  void launcherCommands_areParsed() throws Exception {
    Set<String> commands = commands(LAUNCHER);
    assertThat(commands).hasSizeGreaterThan(15);
    for (String command : commands) {
      String[] words = command.strip().split(" +", -1);
      // The file of the example is not there.
      String[] given =
          Stream.of(words).map(w -> w.equals("framelabel.yaml") ? "" : w).toArray(String[]::new);
      assertThatCode(() -> FramelabelCommand.line(Map.of(), given).parseArgs(given))
          .as(command)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void jobArguments_ofFlinkRun_areOptionsOfTheJob() throws Exception {
    Set<String> commands = commands(FLINK);
    assertThat(commands).isNotEmpty();
    for (String command : commands) {
      String after = command.replaceFirst(".*framelabel-job\\.jar", "").strip();
      String[] words =
          after.isEmpty()
              ? new String[0]
              : after.replace("--config framelabel.yaml", "").strip().split(" +", 0);
      String[] given = Stream.of(words).filter(word -> !word.isEmpty()).toArray(String[]::new);
      assertThatCode(() -> JobArguments.parse(given)).as(command).doesNotThrowAnyException();
    }
  }

  @Test
  void files_namedInCommands_areThere() throws Exception {
    List<String> files = new ArrayList<>();
    for (String start :
        List.of(
            "kubectl kustomize ",
            "kubectl apply -k ",
            "docker build ",
            "docker compose ",
            "cat ")) {
      for (String command : commands(start)) {
        Stream.of(command.split(" +", -1))
            .filter(word -> word.startsWith("deploy/") || word.startsWith("docker/"))
            .forEach(files::add);
      }
    }
    assertThat(files).hasSizeGreaterThan(7).allMatch(file -> Files.exists(Path.of(file)));
  }

  @Test
  void secrets_madeInTheQuickStart_areThoseOfTheManifests() throws Exception {
    String manifests = DeploymentFiles.ofKind("Deployment").toString();
    Set<String> secrets = commands("kubectl create secret generic ");
    assertThat(secrets).hasSize(2);
    for (String secret : secrets) {
      String[] words = secret.split(" +", -1);
      assertThat(manifests).contains('"' + words[0] + '"');
      String key = words[1].replaceFirst("--from-file=", "");
      assertThat(manifests).containsPattern("(\"key\":\"" + key + "\")|(/" + key + "\")");
    }
  }

  @Test
  void links_betweenPages_leadSomewhere() throws Exception {
    List<Path> pages = new ArrayList<>(pages());
    for (Path page : pages) {
      for (MatchResult link : LINK.matcher(Files.readString(page)).results().toList()) {
        Path target = Path.of("").resolve(page).resolveSibling(link.group(1));
        assertThat(Files.exists(target)).as(page + " -> " + link.group(1)).isTrue();
      }
    }
  }

  /**
   * Returns what follows {@code start} in the code blocks of all pages, indented or fenced; lines
   * that end with \\ go on.
   */
  private static Set<String> commands(String start) throws Exception {
    Set<String> found = new TreeSet<>();
    for (Path page : pages()) {
      String text = Files.readString(page).replaceAll("\\\\\\n +", "");
      boolean fenced = false;
      for (String line : text.split("\n", -1)) {
        String code = line.strip();
        fenced ^= code.startsWith("```");
        if ((fenced || line.startsWith("    ")) && code.startsWith(start)) {
          found.add(code.substring(start.length()).replaceAll("\\s+#.*", ""));
        }
      }
    }
    return found;
  }

  private static List<Path> pages() throws Exception {
    try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
      return Stream.concat(Stream.of(Path.of("README.md")), docs)
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }
}
