package dev.framelabel.tools.wall;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.event.Frame;
import dev.framelabel.tools.demo.BrokerFiles;
import java.io.IOException;
import java.net.Socket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Two hundred pages, of which twenty do not read. */
class ViewersIT {
  private static final int READERS = 180;
  private static final int STALLED = 20;
  private static final int CAMERAS = 16;
  private static final Map<String, String> NO_BROKER =
      Map.of("bootstrap.servers", "127.0.0.1:" + BrokerFiles.freePort());

  @Test
  void stalledViewers_areDropped_andTheOthersGoOn() throws Exception {
    ScheduledExecutorService feeder = Executors.newSingleThreadScheduledExecutor();
    List<Socket> stalled = new ArrayList<>();
    try (Wall wall = Wall.start(WallSettings.local(NO_BROKER, 0));
        ManyReaders readers = new ManyReaders(wall)) {
      AtomicInteger round = new AtomicInteger();
      Future<?> ignored =
          feeder.scheduleAtFixedRate(
              () -> feed(wall.model(), round.getAndIncrement()), 0, 200, TimeUnit.MILLISECONDS);
      readers.open(READERS);
      WallClient client = new WallClient(wall);
      for (int i = 0; i < STALLED; i++) {
        stalled.add(client.ask("/api/stream", "Host: localhost"));
      }
      long begun = System.nanoTime();
      long[] most = {0, 0};
      WallClient.until(
          "the stalled are dropped",
          () -> {
            most[0] = Math.max(most[0], wall.viewers().unsent());
            most[1] = Math.max(most[1], wall.viewers().count());
            return wall.viewers().dropped() >= STALLED;
          });
      double seconds = (System.nanoTime() - begun) / 1e9;
      long least = readers.leastEvents();
      WallClient.until("all others read on", () -> readers.leastEvents() >= least + 10);

      System.out.printf(
          "viewers: %d, of which %d do not read: dropped within %.1f s; at most %d events unsent"
              + " (%d a viewer); %,d bytes to %d readers, each at least %d events%n",
          most[1], STALLED, seconds, most[0], Viewer.MAX_UNSENT, readers.bytes(), READERS, least);
      assertThat(most[1]).isEqualTo(READERS + STALLED);
      assertThat(most[0]).isLessThanOrEqualTo((long) (READERS + STALLED) * Viewer.MAX_UNSENT);
      assertThat(wall.viewers().count()).isEqualTo(READERS);
      assertThat(wall.viewers().dropped()).isEqualTo(STALLED);
      assertThat(client.get("/metrics").body())
          .contains("framelabel_wall_viewers_dropped_total " + STALLED + "\n");
      for (Socket socket : stalled) {
        assertIsClosed(socket);
      }
    } finally {
      feeder.shutdownNow();
      for (Socket socket : stalled) {
        socket.close();
      }
    }
  }

  private static void feed(WallModel model, int round) {
    Instant now = Instant.now();
    for (int camera = 0; camera < CAMERAS; camera++) {
      String name = "camera-" + camera;
      Frame frame = ObservedResults.frame(name, name + "-" + round, new byte[1_000], now);
      model.frame(frame, now);
      String[] labels = {"a".repeat(120), "b".repeat(120), "c".repeat(120)};
      model.outcome(
          ObservedResults.labelled(frame, labels),
          ObservedResults.provisional((long) round * CAMERAS + camera, now));
    }
  }

  /** The server has closed the socket itself, and does not wait for its peer to read. */
  private static void assertIsClosed(Socket socket) {
    assertThatThrownBy(
            () ->
                WallClient.until(
                    "writing fails",
                    () -> {
                      socket.getOutputStream().write("GET / HTTP/1.1\r\n".getBytes(US_ASCII));
                      return false;
                    }))
        .isInstanceOf(IOException.class);
  }
}
