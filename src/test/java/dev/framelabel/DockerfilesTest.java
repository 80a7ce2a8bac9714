package dev.framelabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The Dockerfiles, instruction by instruction: no engine builds them here. */
class DockerfilesTest {
  private static final Set<String> KNOWN =
      Set.of(
          "FROM",
          "COPY",
          "RUN",
          "ENV",
          "WORKDIR",
          "USER",
          "EXPOSE",
          "HEALTHCHECK",
          "ENTRYPOINT",
          "CMD");
  private static final Pattern FROM = Pattern.compile("(\\S+:\\S+)(?: AS ([a-z]+))?");
  private static final Pattern FROM_STAGE = Pattern.compile("--from=(\\S+) .*");

  private record Instruction(String name, String rest) {}

  private static List<Path> dockerfiles() {
    return DeploymentFiles.dockerfiles();
  }

  @ParameterizedTest
  @MethodSource("dockerfiles")
  void instructions_areWellFormed(Path dockerfile) {
    List<Instruction> instructions = parse(dockerfile);
    assertThat(instructions.get(0).name()).isEqualTo("FROM");
    Set<String> stages = new HashSet<>();
    for (Instruction one : instructions) {
      assertThat(KNOWN).contains(one.name());
      assertThat(one.rest()).as(one.name()).isNotBlank();
      switch (one.name()) {
        case "FROM" -> {
          Matcher from = FROM.matcher(one.rest());
          assertThat(from.matches()).as(one.rest()).isTrue();
          stages.add(String.valueOf(from.group(2)));
        }
        case "COPY" -> {
          Matcher stage = FROM_STAGE.matcher(one.rest());
          assertThat(!stage.matches() || stages.contains(stage.group(1))).as(one.rest()).isTrue();
          assertThat(one.rest().replaceAll("--\\S+ ", "").split(" ", -1).length).isGreaterThan(1);
        }
        case "EXPOSE" -> assertThat(one.rest()).matches("\\d+( \\d+)*");
        case "ENTRYPOINT", "CMD" ->
            assertThatCode(() -> new ObjectMapper().readValue(one.rest(), String[].class))
                .as(one.rest())
                .doesNotThrowAnyException();
        default -> {}
      }
    }
  }

  /** The last stage: no root, no package lists left behind, one start command. */
  @ParameterizedTest
  @MethodSource("dockerfiles")
  void lastStage_isSmallAndNotRoot(Path dockerfile) {
    List<Instruction> all = parse(dockerfile);
    List<Instruction> stage = new ArrayList<>();
    for (Instruction one : all) {
      if (one.name().equals("FROM")) {
        stage.clear();
      }
      stage.add(one);
    }
    List<String> users = rests(stage, "USER");
    assertThat(users).isNotEmpty();
    assertThat(users.get(users.size() - 1)).isNotIn("root", "0");
    assertThat(rests(stage, "ENTRYPOINT")).hasSize(1);
    assertThat(rests(stage, "CMD")).hasSize(1);
    List<String> names = stage.stream().map(Instruction::name).toList();
    assertThat(names.subList(names.lastIndexOf("USER"), names.size()))
        .doesNotContain("RUN", "COPY");
    for (String run : rests(stage, "RUN")) {
      if (run.contains("apt-get install")) {
        assertThat(run)
            .contains(
                "apt-get update &&", "--no-install-recommends", "rm -rf /var/lib/apt/lists/*");
      }
    }
  }

  private static List<String> rests(List<Instruction> of, String name) {
    return of.stream().filter(one -> one.name().equals(name)).map(Instruction::rest).toList();
  }

  private static List<Instruction> parse(Path dockerfile) {
    List<Instruction> instructions = new ArrayList<>();
    String text =
        DeploymentFiles.read(dockerfile)
            .replaceAll("(?m)^\\s*#.*\\n", "")
            .replaceAll("\\s*\\\\\\n\\s*", " ");
    for (String line : text.split("\n", -1)) {
      if (!line.isBlank()) {
        String[] parts = line.split(" +", 2);
        instructions.add(new Instruction(parts[0], parts.length > 1 ? parts[1] : ""));
      }
    }
    return instructions;
  }
}
