package dev.framelabel.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;

/** The generated reference pages are those of the code. */
class ReferencePagesTest {
  private static final Path REFERENCE = Path.of("docs/reference");

  @Test
  void commands_areThoseOfTheCode() throws Exception {
    GeneratedPage.check(REFERENCE.resolve("commands.md"), CommandsPage.text(), getClass());
  }

  @Test
  void metrics_areThoseOfTheCode() throws Exception {
    GeneratedPage.check(REFERENCE.resolve("metrics.md"), MetricsPage.text(), getClass());
  }

  @Test
  void schemas_areThoseOfTheCode() throws Exception {
    GeneratedPage.check(REFERENCE.resolve("schemas.md"), SchemasPage.text(), getClass());
  }

  @Test
  void commands_everyArgumentHasALabelAndAMeaning() {
    for (CommandLine command : CommandsPage.commands()) {
      Stream<ArgSpec> arguments =
          Stream.concat(
              CommandsPage.options(command.getCommandSpec()).stream(),
              command.getCommandSpec().positionalParameters().stream());
      assertThat(arguments)
          .allSatisfy(
              argument -> {
                assertThat(String.join("", argument.description()))
                    .as(command.getCommandSpec().qualifiedName() + " " + argument)
                    .endsWith(".");
                assertThat(argument.arity().max() == 0 || !argument.paramLabel().contains("<"))
                    .as(argument.toString())
                    .isTrue();
              });
    }
  }
}
