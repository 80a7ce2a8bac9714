package dev.framelabel.tools.wall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.config.Delivery;
import dev.framelabel.tools.demo.Demo;
import dev.framelabel.tools.demo.DemoReport;
import dev.framelabel.tools.demo.DemoSource;
import dev.framelabel.tools.demo.SimulatedCameras;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The demo as people see it: real labels of the real job. Makes the picture of the README. */
final class DemoWallIT {
  private static final int CAMERAS = 10;

  /** More make a better picture, and take longer. */
  private static final int SECONDS = Integer.getInteger("framelabel.wall.seconds", 8);

  @TempDir private Path folder;

  @Test
  void demo_isWatched_showsLabelsOfAllCamerasAndStaysExact() throws Exception {
    Chromium.assumeInstalled();
    CompletableFuture<String> address = new CompletableFuture<>();
    DemoSource cameras = new SimulatedCameras(CAMERAS, 24, Long.MAX_VALUE);
    PrintWriter out = new PrintWriter(Writer.nullWriter());
    Demo demo = new Demo(settings(), cameras, out, c -> wall(c, address));
    CompletableFuture<DemoReport> report = CompletableFuture.supplyAsync(() -> run(demo));
    ChromeDriver browser = Chromium.start(folder.resolve("profile"), 1280, 960, false);
    try {
      browser.get(address.get(60, TimeUnit.SECONDS));
      WebDriverWait wait = new WebDriverWait(browser, Duration.ofSeconds(90 + SECONDS));
      wait.until(b -> b.findElements(By.cssSelector("[data-state=live] img")).size() == CAMERAS);
      wait.until(
          b ->
              Boolean.TRUE.equals(
                  browser.executeScript(
                      "return [...tiles.values()].every(t => t.timeline.filter(l => l).length >= arguments[0]"
                          + " && t.image.naturalWidth > 0)",
                      SECONDS)));
      byte[] picture = browser.getScreenshotAs(OutputType.BYTES);

      Files.write(Path.of("target", "wall.png"), picture);
      assertThat(browser.findElement(By.id("labelled")).getText()).isNotIn("0.0", "–");
      assertThat(browser.findElement(By.id("alert")).isDisplayed()).isFalse();
    } finally {
      browser.quit();
      demo.stop();
    }
    assertThat(report.get(60, TimeUnit.SECONDS).exact()).isTrue();
  }

  private static AutoCloseable wall(Map<String, String> client, CompletableFuture<String> address) {
    Wall wall = Wall.start(WallSettings.local(client, 0));
    address.complete(wall.address());
    return wall;
  }

  private static DemoReport run(Demo demo) {
    try {
      return demo.run();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private Demo.Settings settings() {
    return new Demo.Settings(
        Optional.empty(),
        Delivery.EXACTLY_ONCE,
        Path.of("model/demo-xception.onnx"),
        "cpu",
        Optional.empty(),
        folder);
  }
}
