package dev.framelabel.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Flink settings that the job sets where the cluster does not set them; logged at the start.
 */
public final class FlinkDefaults {
  private static final Logger LOG = LoggerFactory.getLogger(FlinkDefaults.class);

  private FlinkDefaults() {}

  /** Returns the settings for a job with these options. */
  public static Configuration settings(JobOptions options) {
    Configuration settings = new Configuration();
    settings.set(
        CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
    settings.set(
        CheckpointingOptions.CHECKPOINTING_INTERVAL, options.get(JobOptions.CHECKPOINT_INTERVAL));
    settings.set(CheckpointingOptions.CHECKPOINTING_TIMEOUT, Duration.ofMinutes(2));
    settings.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 10);
    settings.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    settings.set(PipelineOptions.OBJECT_REUSE, true);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    settings.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
        Duration.ofSeconds(1));
    settings.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
        Duration.ofMinutes(1));
    return settings;
  }

  /**
   * Configures the environment.
   *
   * @param overrides Flink settings of the job's arguments; they override all others
   */
  public static void apply(
      StreamExecutionEnvironment environment, JobOptions options, Configuration overrides) {
    Configuration settings = settings(options);
    Map<String, String> ofCluster = ((Configuration) environment.getConfiguration()).toMap();
    Map<String, String> effective = new LinkedHashMap<>(settings.toMap());
    effective.keySet().removeAll(ofCluster.keySet());
    if (options.configuration().contains(JobOptions.CHECKPOINT_INTERVAL)) {
      String interval = CheckpointingOptions.CHECKPOINTING_INTERVAL.key();
      effective.put(interval, settings.toMap().get(interval));
    }
    effective.putAll(overrides.toMap());
    effective.forEach(
        (key, value) ->
            LOG.info(
                "Flink setting {}: {}",
                key,
                GlobalConfiguration.isSensitive(key) ? "******" : value));
    environment.configure(Configuration.fromMap(effective));
  }
}
