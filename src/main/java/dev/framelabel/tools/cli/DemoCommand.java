package dev.framelabel.tools.cli;

import dev.framelabel.config.Delivery;
import dev.framelabel.tools.demo.Demo;
import dev.framelabel.tools.demo.DemoFrames;
import dev.framelabel.tools.demo.DemoReport;
import dev.framelabel.tools.wall.Wall;
import dev.framelabel.tools.wall.WallSettings;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.commons.io.FileUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code framelabel demo}. */
@Command(
    name = "demo",
    description =
        "Runs all of Framelabel in one process: a Kafka broker, simulated cameras that publish images with known"
            + " labels, the labelling job on a Flink MiniCluster, the live wall, and a consumer that counts the"
            + " results.",
    exitCodeList = {"1:A frame was lost or duplicated, or the demo failed."},
    footer = {"", "Example: framelabel demo --frames 500 --report demo.json"},
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class DemoCommand implements Callable<Integer> {
  private static final long FOREVER_SECONDS = TimeUnit.DAYS.toSeconds(3650);
  private static final int PICTURES_OF_A_CAMERA = 50;

  @Spec private CommandSpec spec;

  @Option(
      names = "--frames",
      paramLabel = "N",
      description = "Number of frames to publish.",
      defaultValue = "1500")
  private long frames;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Publish for this many seconds, instead of --frames frames.")
  private Long seconds;

  @Option(
      names = "--cameras",
      paramLabel = "C",
      description = "Number of simulated cameras.",
      defaultValue = "3")
  private int cameras;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description = "Frames per second of all cameras together; 0: as fast as possible.",
      defaultValue = "150")
  private double rate;

  @Option(names = "--delivery")
  private Delivery delivery;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "Label model (.onnx). Default: model/demo-xception.onnx of the installation.")
  private Path model;

  @Option(names = "--device")
  private String device;

  @Option(names = "--keep-running", description = "Publish until Ctrl-C.")
  private boolean keepRunning;

  @Option(
      names = "--wall-port",
      paramLabel = "P",
      description = "Port of the wall; 0: any free port.",
      defaultValue = "0")
  private int wallPort;

  @Option(names = "--no-wall", description = "Do not start the wall.")
  private boolean noWall;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write the summary to this file as JSON.")
  private Path report;

  @Option(
      names = "--pictures",
      paramLabel = "FOLDER",
      description =
          "Only write image files, 50 for each of --cameras, to the subfolders 1, 2 and so on of this folder. Use"
              + " them with 'framelabel camera'.")
  private Path pictures;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    if (pictures != null) {
      new DemoFrames().write(pictures, cameras, PICTURES_OF_A_CAMERA);
      out.println(cameras + " folders of " + PICTURES_OF_A_CAMERA + " pictures in " + pictures);
      out.flush();
      return 0;
    }
    Path folder = Files.createTempDirectory("framelabel-demo-");
    Demo demo = new Demo(settings(folder), out, this::startWall);
    CountDownLatch finished = new CountDownLatch(1);
    Thread hook = new Thread(() -> stop(demo, finished), "framelabel-ctrl-c");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      DemoReport result = demo.run();
      out.println(result.toText());
      if (report != null) {
        Files.writeString(report, result.toJson() + System.lineSeparator());
      }
      out.println(verdict(result));
      out.flush();
      return result.exact() ? 0 : 1;
    } finally {
      FileUtils.deleteQuietly(folder.toFile());
      finished.countDown();
    }
  }

  /** The live page beside the demo; its address is printed. */
  private AutoCloseable startWall(Map<String, String> client) {
    if (noWall) {
      return () -> {};
    }
    Wall wall = Wall.start(WallSettings.local(client, wallPort));
    spec.commandLine().getOut().println("Wall: " + wall.address());
    spec.commandLine().getOut().flush();
    return wall;
  }

  private Demo.Settings settings(Path folder) {
    boolean unlimited = keepRunning || seconds != null;
    return new Demo.Settings(
        unlimited ? Long.MAX_VALUE : frames,
        Duration.ofSeconds(keepRunning || seconds == null ? FOREVER_SECONDS : seconds),
        cameras,
        rate,
        delivery,
        model == null ? Installation.path().resolve("model/demo-xception.onnx") : model,
        device,
        folder);
  }

  private static String verdict(DemoReport result) {
    return result.exact()
        ? "Every frame came out exactly once."
        : "NOT EXACT: " + result.lost() + " frames lost, " + result.doubled() + " doubled.";
  }

  /** Lets the demo end in order before the JVM goes. */
  private static void stop(Demo demo, CountDownLatch finished) {
    demo.stop();
    try {
      boolean ignored = finished.await(90, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
