package dev.framelabel.testing.cluster;

import dev.framelabel.LabellingJob;
import dev.framelabel.config.JobArguments;
import dev.framelabel.config.JobOptions;
import dev.framelabel.tools.bench.SimulatedAccelerator;
import dev.framelabel.tools.bench.SimulatedLabelModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The labelling job on a simulated accelerator, as the main class of a job jar for a cluster of
 * processes. Its {@code --model} is {@code SIDE:CLASSES:FIXED:PER_FRAME}, with times in
 * microseconds: see {@link #model}.
 */
public final class SimulatedJob {
  private SimulatedJob() {}

  /** Returns the job's {@code --model} for an accelerator. */
  public static String model(SimulatedAccelerator accelerator) {
    return accelerator.side()
        + ":"
        + accelerator.classes()
        + ":"
        + accelerator.fixed().toNanos() / 1000
        + ":"
        + accelerator.perFrame().toNanos() / 1000;
  }

  private static SimulatedAccelerator accelerator(String model) {
    String[] parts = model.split(":", -1);
    return new SimulatedAccelerator(
        Integer.parseInt(parts[0]),
        Integer.parseInt(parts[1]),
        Duration.of(Long.parseLong(parts[2]), ChronoUnit.MICROS),
        Duration.of(Long.parseLong(parts[3]), ChronoUnit.MICROS));
  }

  /**
   * Writes the job jar.
   *
   * @param jobJar the product's
   * @param target the file to write
   * @return the target
   */
  public static Path jar(Path jobJar, Path target) throws IOException {
    return TestJobJar.write(
        jobJar, target, SimulatedJob.class, SimulatedAccelerator.class, SimulatedLabelModel.class);
  }

  /** Runs as the job jar's main class. */
  public static void main(String[] arguments) throws Exception {
    JobArguments parsed = JobArguments.parse(arguments);
    StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
    LabellingJob.addTo(
        environment, parsed.job(), parsed.flink(), accelerator(parsed.job().get(JobOptions.MODEL)));
    environment.execute("framelabel on a simulated accelerator");
  }
}
