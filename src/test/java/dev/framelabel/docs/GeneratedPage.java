package dev.framelabel.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A page of the documentation that is generated from the code. Tests compare it with the generated
 * text, or write it where the system property {@value #WRITE} is true.
 */
final class GeneratedPage {
  static final String WRITE = "framelabel.write.docs";

  private GeneratedPage() {}

  /**
   * Compares a page with its generated text.
   *
   * @param page below the root of the repository
   * @param test the class that generates it, for the message
   */
  static void check(Path page, String generated, Class<?> test) throws IOException {
    if (Boolean.getBoolean(WRITE)) {
      Files.createDirectories(page.getParent());
      Files.writeString(page, generated);
    }
    assertThat(Files.exists(page) ? Files.readString(page) : "")
        .as(
            "%s differs from the code. Do not edit it; write it again with: mvn test -Dtest=%s -D%s=true",
            page, test.getSimpleName(), WRITE)
        .isEqualTo(generated);
  }

  /** Returns the comment that a generated page has below its heading. */
  static String notice(Class<?> test) {
    return "<!-- Generated from the code by " + test.getSimpleName() + ". Do not edit. -->\n";
  }
}
