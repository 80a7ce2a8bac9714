package dev.framelabel.tools.wall;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.chrome.ChromeDriver;

/** A broker, its wall, and a browser that looks at it: one of each for all tests of a class. */
abstract class WallInBrowser {
  static final int WIDTH = 1280;
  static final int HEIGHT = 900;

  static WallFixture records;
  static Wall wall;
  static ChromeDriver browser;
  static WallPage page;

  @BeforeAll
  static void start(@TempDir Path folder) {
    Chromium.assumeInstalled();
    records = new WallFixture(folder.resolve("broker"));
    wall = Wall.start(WallSettings.local(records.client(), 0));
    browser = Chromium.start(folder.resolve("profile"), WIDTH, HEIGHT, false);
    page = new WallPage(browser);
  }

  @AfterAll
  static void stop() throws Exception {
    if (browser != null) {
      browser.quit();
    }
    if (wall != null) {
      wall.close();
    }
    if (records != null) {
      records.close();
    }
  }

  @AfterEach
  void page_isQuietAndStaysAtHome() {
    assertThat(page.complaints()).as("the browser's console").isEmpty();
    assertThat(page.requestsElsewhere()).as("requests to other hosts").isEmpty();
  }
}
