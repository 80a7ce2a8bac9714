package dev.framelabel.tools.wall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.CameraStatus;
import dev.framelabel.event.Frame;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** What the page shows of what is on the topics. */
class WallPageIT extends WallInBrowser {
  @Test
  void camera_isLabelled_hasATileThatChangesWithEachLabel() throws Exception {
    records.label("gate", "bicycle", 0.8);
    page.open(wall.address(), "gate");
    page.untilPictureIsSeen("gate");
    page.untilTileSays("gate", ".label", "bicycle80 %");
    page.untilTileSays("gate", ".state", "live");
    assertThat(page.ownStyle("gate", ".bar", "width")).isEqualTo("80%");

    records.label("gate", "scooter", 0.35);
    page.untilTileSays("gate", ".label", "scooter35 %");
    assertThat(page.ownStyle("gate", ".bar", "width")).isEqualTo("35%");
  }

  @Test
  void camera_comesWhileThePageIsOpen_isPutInOrderOfItsNumber() throws Exception {
    records.label("door-2", "cat", 0.6);
    records.label("door-10", "cat", 0.6);
    page.open(wall.address(), "door-2", "door-10");
    records.label("door-3", "dog", 0.7);
    page.untilTileSays("door-3", ".label", "dog70 %");
    assertThat(page.script("return [...document.querySelectorAll('.tile .name')]" + DOORS))
        .isEqualTo("door-2 door-3 door-10");
  }

  private static final String DOORS =
      ".map(n => n.textContent).filter(n => n.startsWith('door-')).join(' ')";

  @Test
  void frame_isRejected_isCountedOnItsTileAndShownInThePanel() throws Exception {
    page.open(wall.address());
    records.reject("dock", "the JPEG ends in the middle");
    page.untilTileSays("dock", ".rejected", "1 rejected");
    page.untilSays("rejection-kinds", "corrupt image");
    assertThat(page.find("rejected").getText()).isNotEqualTo("0");

    browser.findElement(By.cssSelector("#rejections summary")).click();
    page.untilSays("rejection-rows", "the JPEG ends in the middle");
    assertThat(page.find("rejection-rows").getText()).contains("dock", "corrupt image");
    page.tile("dock").click();
    page.untilSays("detail-rows", "corrupt image: the JPEG ends in the middle");
    page.press(Keys.ESCAPE);
  }

  @Test
  void camera_sendsNoMore_turnsGreyAndSaysSo() throws Exception {
    records.label("yard", "fox", 0.9);
    page.open(wall.address(), "yard");
    page.untilTileSays("yard", ".state", "live");
    assertThat(page.style("yard", "img", "filter")).isEqualTo("none");
    page.untilTileSays("yard", ".state", "no frames for ");
    assertThat(page.style("yard", "img", "filter")).isEqualTo("grayscale(1)");

    records.status("yard", CameraStatus.State.LOST, "rtsp://yard/: connection refused");
    page.untilTileSays("yard", ".state", "camera lost");
    page.untilTileSays("yard", ".error", "rtsp://yard/: connection refused");
    assertThat(page.style("yard", "img", "filter")).isEqualTo("grayscale(1)");
  }

  @Test
  void result_ofAnOpenTransaction_isProvisionalUntilItIsCommitted() throws Exception {
    try (KafkaProducer<byte[], byte[]> job = records.producer(Map.of("transactional.id", "job"))) {
      job.initTransactions();
      job.beginTransaction();
      Frame frame = records.frame("hatch", Instant.now());
      WallFixture.send(job, records.frameRecord(frame));
      WallFixture.send(job, records.labelRecord(frame, "crate", 0.7));
      page.open(wall.address());
      page.untilTileSays("hatch", ".label", "crate70 %");
      page.untilTileSays("hatch", ".provisional", "provisional");
      page.tile("hatch").click();
      page.untilSays("detail-rows", "provisional");

      job.commitTransaction();
      page.untilSays("detail-rows", "committed");
      page.press(Keys.ESCAPE);
      page.until(
          "no mark",
          "return [...document.querySelectorAll('.tile')].every(t =>"
              + " t.dataset.camera !== 'hatch' || !t.querySelector('.provisional').textContent)");
    }
  }

  @Test
  void panel_showsRatesBatchAndLatency() throws Exception {
    for (int i = 0; i < 10; i++) {
      records.label("belt", "parcel", 0.9);
    }
    page.open(wall.address());
    page.until("frames", "return Number(document.getElementById('frames').textContent) > 0");
    page.until("labels", "return Number(document.getElementById('labelled').textContent) > 0");
    page.untilSays("batch", WallFixture.BATCH + ".0");
    for (String percentile : new String[] {"p50", "p95", "p99"}) {
      page.untilSays(percentile, Integer.toString(WallFixture.LATENCY_MILLIS));
    }
    page.untilSays("model", "test model 1");
  }

  @Test
  void timeline_isDrawnInAColourForEachLabel() throws Exception {
    records.label("lane", "car", 0.8, Instant.now().minusSeconds(3));
    page.open(wall.address(), "lane");
    page.until("one colour", COLOURS + "=== 1", "lane");
    records.label("lane", "bus", 0.8);
    page.until("two colours", COLOURS + "=== 2", "lane");
    page.tile("lane").click();
    page.untilSays("detail-legend", "car1 s");
    page.untilSays("detail-legend", "bus1 s");
    page.press(Keys.ESCAPE);
  }

  private static final String COLOURS =
      "const tile = [...document.querySelectorAll('.tile')].find(t => t.dataset.camera === arguments[0]);"
          + " const copy = new OffscreenCanvas(60, 1).getContext('2d', { willReadFrequently: true });"
          + " copy.drawImage(tile.querySelector('canvas'), 0, 0);"
          + " const pixels = new Uint32Array(copy.getImageData(0, 0, 60, 1).data.buffer);"
          + " return new Set(pixels.filter(p => p)).size ";

  @Test
  void tile_isClicked_opensTheLastHundredFramesWithTimings() throws Exception {
    for (int i = 1; i <= 104; i++) {
      records.label("hall", "visitor " + i, 0.75);
    }
    page.open(wall.address());
    page.untilTileSays("hall", ".label", "visitor 104");
    page.tile("hall").click();
    page.until("100 rows", ROWS + "=== 100");
    assertThat(page.find("detail-count").getText()).isEqualTo("The last 100 frames");
    page.untilSays("detail-rows", "visitor 10475 %42.0 ms1.5 ms9.0 ms20.0 ms8committed");
    page.until(
        "the picture", "return document.getElementById('detail-picture').naturalWidth === 640");

    records.label("hall", "guard", 0.75);
    page.until("the new one on top", FIRST + ".includes('guard75 %')");
    page.until("still 100 rows", ROWS + "=== 100");
    page.press(Keys.ESCAPE);
  }

  private static final String ROWS = "return document.querySelectorAll('#detail-rows tr').length ";
  private static final String FIRST =
      "return document.querySelector('#detail-rows tr').textContent";

  @Test
  void filter_byLabelAndScore_leavesTheCamerasThatMatch() throws Exception {
    records.label("east", "lorry", 0.9);
    records.label("west", "lorry driver", 0.6);
    page.open(wall.address(), "east", "west");
    page.find("filter-label").sendKeys("LORRY");
    page.until(
        "two match", "return document.getElementById('shown').textContent.startsWith('2 of ')");
    assertThat(page.isShown("east") && page.isShown("west")).isTrue();

    page.find("filter-score").sendKeys(Keys.HOME);
    for (int percent = 0; percent < 80; percent += 5) {
      page.find("filter-score").sendKeys(Keys.ARROW_RIGHT);
    }
    page.untilSays("filter-score-text", "80 %");
    page.untilSays("shown", "1 of ");
    assertThat(page.isShown("west")).isFalse();

    page.find("filter-label").sendKeys("!");
    page.untilSays("empty-text", "shows “LORRY!” with 80 % or more now");
    page.find("filter-clear").click();
    page.until("all are back", "return document.querySelectorAll('.tile[hidden]').length === 0");
    assertThat(page.find("empty").isDisplayed()).isFalse();
  }
}
