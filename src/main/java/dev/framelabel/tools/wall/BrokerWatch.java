package dev.framelabel.tools.wall;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** Watch that asks the brokers every two seconds whether they are there, on a thread of its own. */
final class BrokerWatch implements AutoCloseable {
  private static final long INTERVAL_MILLIS = 2_000;
  private static final int TIMEOUT_MILLIS = 3_000;

  private final Admin admin;
  private final String servers;
  private final List<String> topics;
  private final LiveListener listener;
  private final Thread thread;

  BrokerWatch(Map<String, String> client, List<String> topics, LiveListener listener) {
    Properties properties = new Properties();
    properties.putAll(client);
    properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    properties.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
    this.admin = Admin.create(properties);
    this.servers = client.getOrDefault("bootstrap.servers", "");
    this.topics = topics;
    this.listener = listener;
    this.thread = new Thread(this::run, "framelabel-broker-watch");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try (admin) {
      while (true) {
        ask();
        Thread.sleep(INTERVAL_MILLIS);
      }
    } catch (InterruptedException e) {
      // close() asks for the end.
    }
  }

  private void ask() throws InterruptedException {
    try {
      Set<String> names =
          admin.listTopics().names().get(TIMEOUT_MILLIS + 1_000, TimeUnit.MILLISECONDS);
      List<String> missing = new ArrayList<>(topics);
      missing.removeAll(names);
      // Without camera publishers nobody needs the topic of cameras, which is the last.
      missing.remove(topics.get(topics.size() - 1));
      listener.broker(
          true, missing.isEmpty() ? "" : "no topic " + String.join(", ", missing) + " yet");
    } catch (ExecutionException | TimeoutException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      boolean absent =
          cause instanceof org.apache.kafka.common.errors.TimeoutException
              || cause instanceof TimeoutException;
      String why = absent ? "no answer" : cause.getMessage();
      listener.broker(false, "broker " + servers + " unreachable: " + why);
    }
  }

  @Override
  public void close() throws InterruptedException {
    thread.interrupt();
    thread.join(5_000);
  }
}
