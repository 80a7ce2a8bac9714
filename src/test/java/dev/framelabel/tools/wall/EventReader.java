package dev.framelabel.tools.wall;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLConnection;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Reads a wall's stream of events on a thread of its own. */
final class EventReader implements AutoCloseable {
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final BufferedReader lines;
  private final Thread thread = new Thread(this::read, "event-reader");
  private volatile boolean closed;

  /** One event. */
  record Event(String name, JsonNode data) {}

  EventReader(Wall wall) throws IOException {
    URLConnection connection = URI.create(wall.address() + "api/stream").toURL().openConnection();
    lines = new BufferedReader(new InputStreamReader(connection.getInputStream(), UTF_8));
    thread.setDaemon(true);
    thread.start();
  }

  private void read() {
    String name = "";
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("event:")) {
          name = line.substring(6);
        } else if (line.startsWith("data:")) {
          events.add(new Event(name, WallClient.parse(line.substring(5))));
        }
      }
    } catch (IOException e) {
      if (!closed) {
        events.add(new Event("broken: " + e, WallClient.NOTHING));
      }
    }
  }

  /** The next event of which this holds; the ones before it are passed over. */
  Event next(String what, Predicate<Event> wanted) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    while (true) {
      Event event = events.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (event == null || event.name().startsWith("broken")) {
        throw new AssertionError("waited in vain for an event: " + what + "; got " + event);
      }
      if (wanted.test(event)) {
        return event;
      }
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    thread.interrupt();
  }
}
