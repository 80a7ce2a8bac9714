package dev.framelabel.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.config.Option;
import dev.framelabel.config.Options;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The reference page of the job's options is that of the code. */
class OptionsPageTest {
  @Test
  void options_areThoseOfTheCode() throws Exception {
    GeneratedPage.check(Path.of("docs/reference/options.md"), OptionsPage.text(), getClass());
  }

  @Test
  void options_eachHasAllThatThePageShows() {
    assertThat(Options.ALL)
        .hasSizeGreaterThan(40)
        .allSatisfy(
            (Option<?> option) -> {
              assertThat(option.label()).isNotBlank().isNotEqualTo("VALUE");
              assertThat(option.validValues()).isNotBlank();
              assertThat(option.meaning()).endsWith(".");
              assertThat(option.advice()).endsWith(".");
            });
  }
}
