package dev.framelabel.tools.wall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.CameraStatus;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoAlertPresentException;
import org.openqa.selenium.WebElement;

/** That the page serves everyone, and cannot be turned against anyone. */
class WallReachIT extends WallInBrowser {
  private static final int LONGEST_NAME = 120;
  private static final int LONGEST_TEXT = 300;
  private static final List<String> HOSTILE =
      List.of(
          "<script>window.hit=1;alert(1)</script>",
          "\"><img src=x onerror=\"window.hit=1;alert(1)\">",
          "'`${window.hit=1}`\\ &lt;b&gt; </title></table>",
          "\u202E\u2067txet desrever\u200F",
          "W".repeat(10_000));

  @AfterEach
  void widenTheScreen() {
    Chromium.screen(browser, WIDTH, HEIGHT, false);
    Chromium.colours(browser, false);
  }

  @Test
  void hostileNames_areTextAndNothingElse() throws Exception {
    for (String text : HOSTILE) {
      records.reject(camera(text), text);
      records.label(camera(text), text, 0.5);
    }
    page.open(wall.address(), HOSTILE.stream().map(WallReachIT::camera).toArray(String[]::new));
    browser.findElement(By.cssSelector("#rejections summary")).click();
    for (String text : HOSTILE) {
      String camera = camera(text);
      page.untilTileSays(camera, ".name", shortened(camera, LONGEST_NAME));
      page.untilTileSays(camera, ".label .text", shortened(text, LONGEST_TEXT));
      page.untilSays("rejection-rows", shortened(text, LONGEST_TEXT));
      page.tile(camera).click();
      page.untilSays("detail-name", shortened(camera, LONGEST_NAME));
      page.untilSays("detail-rows", shortened(text, LONGEST_TEXT));
      assertThat(page.scrollsSideways()).isFalse();
      page.press(Keys.ESCAPE);
      String error = text.substring(0, Math.min(text.length(), 2 * LONGEST_TEXT));
      records.status(camera, CameraStatus.State.LOST, error);
      page.untilTileSays(camera, ".error", shortened(text, LONGEST_TEXT));
    }
    assertNothingRan();
    assertThat(page.scrollsSideways()).isFalse();
    assertThat(page.script(TILE_WIDTHS)).isEqualTo(1L);
  }

  private static final String TILE_WIDTHS =
      "return new Set([...document.querySelectorAll('.tile')].map(t => Math.round(t.offsetWidth))).size";

  private static void assertNothingRan() {
    assertThat(page.script("return window.hit === undefined")).isEqualTo(true);
    assertThat(page.script("return document.scripts.length")).isEqualTo(1L);
    assertThat(page.script("return document.querySelectorAll('[onerror], b b').length"))
        .isEqualTo(0L);
    try {
      assertThat(browser.switchTo().alert().getText()).as("no alert").isNull();
    } catch (NoAlertPresentException e) {
      // As it must be.
    }
  }

  /** Longer names are not shown at all, nor are longer frame ids. */
  private static String camera(String text) {
    return text.substring(0, Math.min(text.length(), 240));
  }

  private static String shortened(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }

  @Test
  void keyboard_alone_reachesEverything() throws Exception {
    records.label("_first", "owl", 0.9);
    records.label("_second", "owl", 0.9);
    page.open(wall.address(), "_first", "_second");
    page.press(Keys.TAB, Keys.TAB);
    assertThat(focused().getDomAttribute("id")).isEqualTo("filter-label");
    assertFocusIsSeen();
    page.press(Keys.TAB);
    assertThat(focused().getDomAttribute("id")).isEqualTo("filter-score");
    assertFocusIsSeen();
    page.press(Keys.TAB);
    assertThat(focused().getDomAttribute("data-camera")).isEqualTo("_first");
    assertFocusIsSeen();
    page.press(Keys.ARROW_RIGHT);
    assertThat(focused().getDomAttribute("data-camera")).isEqualTo("_second");

    page.press(Keys.ENTER);
    page.until("the dialog", "return document.getElementById('detail').open");
    assertThat(focused().getDomAttribute("id")).isEqualTo("detail-close");
    assertFocusIsSeen();
    page.untilSays("detail-rows", "owl");
    page.press(Keys.TAB, Keys.TAB);
    assertThat(focused().findElements(By.xpath("ancestor::*[@id='detail-rows']"))).hasSize(1);
    assertFocusIsSeen();
    assertThat(page.find("detail-pause").isSelected()).as("the list is held").isTrue();

    page.press(Keys.ESCAPE);
    page.until("no dialog", "return !document.getElementById('detail').open");
    assertThat(focused().getDomAttribute("data-camera")).isEqualTo("_second");
    assertFocusIsSeen();
  }

  @Test
  void keyboard_opensRejectedFramesAndTheFilter() throws Exception {
    records.reject("_first", "cut");
    page.open(wall.address(), "_first");
    page.tile("_first").sendKeys(Keys.END);
    page.press(Keys.TAB);
    assertThat(focused().getTagName()).isEqualTo("summary");
    assertFocusIsSeen();
    page.press(Keys.ENTER);
    page.untilSays("rejection-rows", "cut");
    page.press(Keys.TAB);
    assertThat(focused().getDomAttribute("aria-label")).isEqualTo("Rejected frames");
    assertFocusIsSeen();
    page.press(Keys.DIVIDE);
    assertThat(focused().getDomAttribute("id")).isEqualTo("filter-label");
  }

  private static WebElement focused() {
    return browser.switchTo().activeElement();
  }

  private static void assertFocusIsSeen() {
    assertThat(
            page.script(
                "const s = getComputedStyle(document.activeElement);"
                    + " return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2"))
        .as("a visible focus")
        .isEqualTo(true);
  }

  @Test
  void phone_showsAllWithoutScrollingSideways() throws Exception {
    records.label("phone-1", "a label of many words that goes on and on", 0.9);
    records.label("phone-2", "kite", 0.9);
    Chromium.screen(browser, 360, 740, true);
    page.open(wall.address(), "phone-1", "phone-2");
    page.untilPictureIsSeen("phone-1");
    assertThat(page.script("return innerWidth")).isEqualTo(360L);
    assertThat(page.scrollsSideways()).isFalse();
    assertThat((List<?>) page.script(PageText.SMALL)).isEmpty();

    page.tile("phone-2").click();
    page.untilSays("detail-rows", "kite");
    assertThat(page.script("return innerWidth")).isEqualTo(360L);
    assertThat(page.script("return document.getElementById('detail').scrollWidth <= 360"))
        .isEqualTo(true);
    page.press(Keys.ESCAPE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void text_lightAndDark_standsOutFromItsGround(boolean dark) throws Exception {
    Chromium.colours(browser, dark);
    records.label("plain", "swan", 0.98);
    records.reject("plain", "cut");
    records.label("gone", "swan", 0.98);
    records.status("gone", CameraStatus.State.LOST, "no route");
    page.open(wall.address(), "plain", "gone");
    page.untilTileSays("gone", ".error", "no route");
    browser.findElement(By.cssSelector("#rejections summary")).click();
    page.untilSays("rejection-rows", "cut");
    assertThat(page.script("return getComputedStyle(document.body).backgroundColor"))
        .isEqualTo(dark ? "rgb(18, 22, 27)" : "rgb(245, 246, 248)");
    assertThat((List<?>) page.script(PageText.FAINT)).isEmpty();

    page.tile("plain").click();
    page.untilSays("detail-rows", "swan");
    page.untilSays("detail-legend", "swan");
    assertThat((List<?>) page.script(PageText.FAINT)).isEmpty();
    page.press(Keys.ESCAPE);
    page.find("filter-label").sendKeys("nothing of the kind");
    page.untilSays("empty-text", "No camera matches");
    assertThat((List<?>) page.script(PageText.FAINT)).isEmpty();
  }
}
