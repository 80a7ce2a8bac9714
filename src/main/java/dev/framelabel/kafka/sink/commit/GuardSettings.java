package dev.framelabel.kafka.sink.commit;

import static java.util.Objects.requireNonNull;

import dev.framelabel.config.LostCommit;
import java.io.Serializable;
import java.util.Map;
import java.util.Properties;

/**
 * Settings of the guard of one sink.
 *
 * @param client the properties of the sink's producers, {@code bootstrap.servers} among them
 * @param topic that the sink writes to
 * @param results kind of the topic's results
 * @param commands that the user is told where results cannot be published again
 * @param onLoss what to do where results are lost
 */
public record GuardSettings(
    Map<String, String> client,
    String topic,
    ResultSource results,
    RecoveryCommands commands,
    LostCommit onLoss)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  public GuardSettings {
    client = Map.copyOf(client);
    requireNonNull(topic, "topic");
    requireNonNull(results, "results");
    requireNonNull(commands, "commands");
    requireNonNull(onLoss, "onLoss");
  }

  /** Returns the settings without the client's properties, which hold passwords. */
  @Override
  public String toString() {
    return "GuardSettings[" + topic + ", " + onLoss + "]";
  }

  Properties properties() {
    Properties properties = new Properties();
    properties.putAll(client);
    return properties;
  }
}
