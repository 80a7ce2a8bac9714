package dev.framelabel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** A test that hangs ends by itself: JUnit has no time limit of its own. */
class TimeLimitsTest {
  @Test
  void junit_testsAndLifecycleMethods_haveDefaultLimits() throws Exception {
    Properties settings = new Properties();
    try (InputStream in = getClass().getResourceAsStream("/junit-platform.properties")) {
      settings.load(in);
    }
    for (String methods : new String[] {"testable", "lifecycle"}) {
      assertThat(
              settings.getProperty(
                  "junit.jupiter.execution.timeout." + methods + ".method.default"))
          .as("limit of %s methods", methods)
          .matches("[1-9][0-9]? m");
    }
  }
}
