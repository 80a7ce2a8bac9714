package dev.framelabel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class CapturedLogTest {
  private static final String PACKAGE = "dev.framelabel.testing.captured";
  private static final Logger BELOW = LoggerFactory.getLogger(PACKAGE + ".Below");
  private static final Logger BESIDE = LoggerFactory.getLogger(PACKAGE + "too.Beside");

  @Test
  void events_ofThatLoggerAndWhileOpenOnly_withStackTraces() {
    BELOW.info("before");
    CapturedLog log = CapturedLog.of(PACKAGE);
    try (CapturedLog all = CapturedLog.ofAll()) {
      BELOW.error("within", new IllegalStateException("cause"));
      BESIDE.info("of another");
      assertThat(all.events()).anyMatch(event -> event.contains("of another"));
    } finally {
      log.close();
    }
    BELOW.info("after");
    assertThat(log.events())
        .singleElement()
        .asString()
        .startsWith("ERROR " + PACKAGE + ".Below within")
        .contains("IllegalStateException: cause", "at dev.framelabel.testing.CapturedLogTest");
  }
}
