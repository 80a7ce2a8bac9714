package dev.framelabel.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import dev.framelabel.DeploymentFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What compose.yaml and the manifests give to the command line's image is what it takes. */
class DeploymentCommandsTest {
  private static final String IMAGE = "framelabel-cli:0.1.0";

  @Test
  void commands_areParsed() {
    List<List<String>> commands = new ArrayList<>();
    DeploymentFiles.ofKind("Deployment")
        .forEach(one -> commands.add(DeploymentFiles.texts(container(one).path("args"))));
    composeServices().forEach(one -> commands.add(DeploymentFiles.texts(one.path("command"))));
    assertThat(commands).hasSizeGreaterThan(2);
    for (List<String> command : commands) {
      CommandLine line = FramelabelCommand.line(Map.of(), command.toArray(String[]::new));
      assertThatCode(() -> line.parseArgs(command.toArray(String[]::new)))
          .as("%s", command)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void variables_areThoseOfTheLauncherOrTheWall() {
    String known =
        DeploymentFiles.read(Path.of("framelabel"))
            + DeploymentFiles.read(
                Path.of("src/main/java/dev/framelabel/tools/cli/WallCommand.java"));
    List<String> named = new ArrayList<>();
    DeploymentFiles.ofKind("Deployment")
        .forEach(
            one -> container(one).path("env").forEach(e -> named.add(e.path("name").asText())));
    composeServices()
        .forEach(one -> one.path("environment").fieldNames().forEachRemaining(named::add));
    assertThat(named).hasSizeGreaterThan(2).allMatch(known::contains);
    assertThat(DeploymentFiles.read(Path.of("docker/Dockerfile.cli")))
        .contains("FRAMELABEL_WORK=/tmp/");
    assertThat(known).contains("FRAMELABEL_WORK");
  }

  @Test
  void wall_listensAndAnswersWhereTheManifestSays() {
    JsonNode wall =
        DeploymentFiles.ofKind("Deployment").stream()
            .map(DeploymentCommandsTest::container)
            .filter(container -> container.path("name").asText().equals("wall"))
            .findFirst()
            .orElseThrow();
    String port =
        FramelabelCommand.line(Map.of(), "wall")
            .getSubcommands()
            .get("wall")
            .getCommandSpec()
            .findOption("--port")
            .defaultValue();
    assertThat(wall.at("/ports/0/containerPort").asText()).isEqualTo(port);
    assertThat(wall.at("/readinessProbe/httpGet/port")).isEqualTo(wall.at("/ports/0/name"));
    String path = wall.at("/readinessProbe/httpGet/path").asText();
    assertThat(
            DeploymentFiles.read(
                Path.of("src/main/resources/dev/framelabel/tools/wall/openapi.json")))
        .contains('"' + path + '"');
    assertThat(DeploymentFiles.read(Path.of("deploy/overlays/wall/networkpolicy.yaml")))
        .contains("port: " + port);
  }

  private static JsonNode container(JsonNode deployment) {
    return deployment.at("/spec/template/spec/containers/0");
  }

  private static List<JsonNode> composeServices() {
    List<JsonNode> services = new ArrayList<>();
    DeploymentFiles.compose()
        .path("services")
        .forEach(
            service -> {
              if (service.path("image").asText().equals(IMAGE)) {
                services.add(service);
              }
            });
    return services;
  }
}
