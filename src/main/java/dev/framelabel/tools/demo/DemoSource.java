package dev.framelabel.tools.demo;

import java.util.Map;
import java.util.Optional;

/** Source of a demo's frames, which publishes them to topic {@code frames}. */
public interface DemoSource {
  /**
   * Publishes until the source ends or {@link #stop} is called. Returns when the broker has
   * acknowledged every frame.
   *
   * @param client properties of the Kafka client
   */
  void run(Map<String, String> client) throws Exception;

  /** Ends {@link #run} soon, also before it has begun. Any thread may call it. */
  void stop();

  /** Returns the true label of a frame; empty where nobody knows it. */
  default Optional<String> truth(String frameId) {
    return Optional.empty();
  }

  /** Returns in one line what failed although the demo went on; empty where nothing did. */
  default String failure() {
    return "";
  }
}
