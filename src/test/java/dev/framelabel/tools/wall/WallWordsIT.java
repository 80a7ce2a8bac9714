package dev.framelabel.tools.wall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.tools.demo.BrokerFiles;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the page says when there is nothing to see. */
class WallWordsIT extends WallInBrowser {
  @Test
  void noFrames_yet_isSaid() throws Exception {
    List<String> names = List.of("idle-frames", "idle-labels", "idle-rejected");
    Topics.create(records.client(), names, 1, (short) 1, 1 << 20);
    try (Wall idle = Wall.start(settings(records.client(), topics("idle"), 0))) {
      page.open(idle.address());
      page.untilSays("link", "live");
      page.untilSays("empty-text", "No frames yet");
      page.until("all is well", "return document.getElementById('alert').hidden");
    }
    ignoreLostConnection();
  }

  @Test
  void topics_areMissing_isSaid() throws Exception {
    try (Wall early = Wall.start(settings(records.client(), topics("late"), 0))) {
      page.open(early.address());
      page.untilSays("alert", "No topic late-frames, late-labels, late-rejected yet.");
    }
    ignoreLostConnection();
  }

  @Test
  void broker_isUnreachable_isSaid() throws Exception {
    String nobody = "127.0.0.1:" + BrokerFiles.freePort();
    Map<String, String> client = Map.of("bootstrap.servers", nobody);
    try (Wall alone = Wall.start(settings(client, LiveTopics.DEFAULT, 0))) {
      page.open(alone.address());
      page.untilSays("alert", "Broker " + nobody + " unreachable: no answer.");
      page.untilSays("empty-text", "No frames yet");
    }
    ignoreLostConnection();
  }

  @Test
  void wall_goesAwayAndComesBack_isSaidAndThePageGoesOn() throws Exception {
    int port = BrokerFiles.freePort();
    records.label("pier", "boat", 0.9);
    try (Wall first = Wall.start(settings(records.client(), LiveTopics.DEFAULT, port))) {
      page.open(first.address(), "pier");
      page.untilTileSays("pier", ".state", "live");
    }
    page.untilSays("link", "connection lost, trying again");
    page.untilTileSays("pier", ".state", "not known");
    assertThat(page.style("pier", "img", "filter")).isEqualTo("grayscale(1)");

    try (Wall second = Wall.start(settings(records.client(), LiveTopics.DEFAULT, port))) {
      assertThat(second.address()).contains(":" + port);
      page.untilSays("link", "live");
      records.label("pier", "ferry", 0.8);
      page.untilTileSays("pier", ".label", "ferry80 %");
      page.untilTileSays("pier", ".state", "live");
    }
    ignoreLostConnection();
  }

  /** A browser notes each connection that a server ends; there must be nothing else. */
  private static void ignoreLostConnection() {
    assertThat(page.complaints()).allMatch(text -> text.contains("Failed to load resource: net::"));
    page.open("about:blank");
  }

  private static LiveTopics topics(String prefix) {
    return new LiveTopics(
        prefix + "-frames", prefix + "-labels", prefix + "-rejected", prefix + "-cameras");
  }

  private static WallSettings settings(Map<String, String> client, LiveTopics topics, int port) {
    return new WallSettings(client, topics, WallSettings.LOOPBACK, port, "", false);
  }
}
