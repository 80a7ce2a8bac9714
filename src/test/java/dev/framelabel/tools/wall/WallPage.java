package dev.framelabel.tools.wall;

import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The wall's page as someone uses it. */
final class WallPage {
  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final String FIND =
      "const tile = [...document.querySelectorAll('.tile')].find(t => t.dataset.camera === arguments[0]);"
          + " const part = tile && (arguments[1] ? tile.querySelector(arguments[1]) : tile);";

  private final ChromeDriver browser;

  WallPage(ChromeDriver browser) {
    this.browser = browser;
  }

  void open(String address) {
    browser.get(address);
  }

  /** Opens the page and waits for the tiles of these cameras. */
  void open(String address, String... cameras) {
    open(address);
    for (String camera : cameras) {
      until(camera + "'s tile", FIND + "return !!tile", camera);
    }
  }

  Object script(String script, Object... arguments) {
    return browser.executeScript(script, arguments);
  }

  /** Waits until the script gives true. */
  void until(String what, String script, Object... arguments) {
    new WebDriverWait(browser, LIMIT)
        .withMessage(what)
        .until(b -> Boolean.TRUE.equals(script(script, arguments)));
  }

  /** Waits for a text within a part of the page. */
  void untilSays(String id, String text) {
    until(
        "#" + id + " says " + text,
        "const e = document.getElementById(arguments[0]);"
            + " return e.checkVisibility() && e.textContent.includes(arguments[1])",
        id,
        text);
  }

  /** Waits for a text within a part of a camera's tile. */
  void untilTileSays(String camera, String part, String text) {
    until(
        camera + "'s " + part + " says " + text,
        FIND + "return !!part && part.checkVisibility() && part.textContent.includes(arguments[2])",
        camera,
        part,
        text);
  }

  WebElement tile(String camera) {
    return (WebElement) script(FIND + "return tile", camera);
  }

  boolean isShown(String camera) {
    return tile(camera).isDisplayed();
  }

  /** A computed style of a part of a camera's tile. */
  String style(String camera, String part, String property) {
    return (String)
        script(
            FIND + "return getComputedStyle(part)[arguments[2]] || part.style[arguments[2]]",
            camera,
            part,
            property);
  }

  /** A part's style as the page's script has set it. */
  String ownStyle(String camera, String part, String property) {
    return (String) script(FIND + "return part.style[arguments[2]]", camera, part, property);
  }

  void untilPictureIsSeen(String camera) {
    until(
        camera + "'s picture",
        FIND + "return !!part && part.checkVisibility() && part.naturalWidth > 0",
        camera,
        "img");
  }

  WebElement find(String id) {
    return browser.findElement(By.id(id));
  }

  /** Presses keys where the focus is. */
  void press(Keys... keys) {
    for (Keys key : keys) {
      new Actions(browser).sendKeys(key).perform();
    }
  }

  boolean scrollsSideways() {
    return (Boolean)
        script(
            "const e = document.scrollingElement;"
                + " return Math.max(e.scrollWidth, document.body.scrollWidth) > e.clientWidth");
  }

  /** Warnings and errors of the console since the last call. */
  List<String> complaints() {
    return browser.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogEntry::toString)
        .toList();
  }

  @SuppressWarnings("unchecked")
  List<String> requestsElsewhere() {
    return (List<String>)
        script(
            "return performance.getEntriesByType('resource').map(e => e.name)"
                + ".filter(name => !name.startsWith(location.origin + '/'))");
  }
}
