package dev.framelabel.tools.cli;

import dev.framelabel.config.Delivery;
import dev.framelabel.tools.camera.AddressGuard;
import dev.framelabel.tools.camera.CameraFile;
import dev.framelabel.tools.camera.CameraSettings;
import dev.framelabel.tools.camera.PictureSettings;
import dev.framelabel.tools.demo.Demo;
import dev.framelabel.tools.demo.DemoFrames;
import dev.framelabel.tools.demo.DemoReport;
import dev.framelabel.tools.demo.DemoSource;
import dev.framelabel.tools.demo.SimulatedCameras;
import dev.framelabel.tools.demo.UserCameras;
import dev.framelabel.tools.wall.Wall;
import dev.framelabel.tools.wall.WallSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.commons.io.FileUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code framelabel demo}. */
@Command(
    name = "demo",
    description =
        "Runs all of Framelabel in one process: a Kafka broker, cameras, the labelling job on a Flink MiniCluster, the"
            + " live wall, and a consumer that counts the results. Without --camera, simulated cameras publish images"
            + " with known labels.",
    exitCodeList = {
      "1:A frame was lost or duplicated, a camera was lost at the end, or the demo failed."
    },
    footer = {
      "",
      "Example: framelabel demo --frames 500 --report demo.json",
      "Example: framelabel demo --camera door=my.mp4 --model mine.onnx --out labels.jsonl"
    })
final class DemoCommand implements Callable<Integer> {
  private static final int PICTURES_OF_A_CAMERA = 50;
  private static final long LAST_SECONDS = 90;

  @Spec private CommandSpec spec;

  @Option(
      names = "--camera",
      paramLabel = "[ID=]SOURCE",
      description =
          "Your own camera, with an optional camera id: a video file, a folder of images, rtsp://, http:// or"
              + " usb:FORMAT:DEVICE. Can be given several times. The demo ends when all files and folders are read; with"
              + " a live camera it runs until Ctrl-C.")
  private List<String> sources = List.of();

  @Option(
      names = "--cameras",
      paramLabel = "FILE",
      description = "YAML file with your own cameras, for addresses with passwords.")
  private Path camerasFile;

  @Option(
      names = "--fps",
      paramLabel = "N",
      description = "Maximum frames per second of each of your own cameras; 0: no limit.",
      defaultValue = "0")
  private double fps;

  @Option(
      names = "--frames",
      paramLabel = "N",
      description = "Number of frames that the simulated cameras publish.",
      defaultValue = "1500")
  private long frames;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description =
          "Publish for this many seconds, whatever --frames says; your own cameras end then too.")
  private Long seconds;

  @Option(
      names = "--simulated-cameras",
      paramLabel = "C",
      description = "Number of simulated cameras.",
      defaultValue = "3")
  private int simulatedCameras;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description = "Frames per second of all simulated cameras together; 0: as fast as possible.",
      defaultValue = "150")
  private double rate;

  @Option(names = "--delivery")
  private Delivery delivery;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description =
          "Label model (.onnx). Any other ONNX classifier, a file or the folder of an export, is packaged"
              + " first; the demo prints the settings that it assumes. Default: model/demo-xception.onnx of the"
              + " installation.")
  private Path model;

  @Option(names = "--device")
  private String device;

  @Option(
      names = "--keep-running",
      description = "Publish until Ctrl-C; files and folders start again at their end.")
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
      names = "--out",
      paramLabel = "FILE",
      description =
          "Write the labels of every frame to this file as JSON Lines, when they are committed.")
  private Path labels;

  @Option(
      names = "--pictures",
      paramLabel = "FOLDER",
      description =
          "Write sample images to this folder and exit: 50 for each of --simulated-cameras, in subfolders"
              + " 1, 2 and so on. 'framelabel camera' can publish them.")
  private Path pictures;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    if (pictures != null) {
      new DemoFrames().write(pictures, simulatedCameras, PICTURES_OF_A_CAMERA);
      out.println(
          simulatedCameras + " folders of " + PICTURES_OF_A_CAMERA + " pictures in " + pictures);
      return 0;
    }
    DemoSource source = source();
    checkOut();
    Path folder = Files.createTempDirectory("framelabel-demo-");
    CtrlC signal = new CtrlC();
    try {
      Demo demo = new Demo(settings(folder, labelModel(folder)), source, out, this::startWall);
      signal.stops(demo::stop, LAST_SECONDS);
      DemoReport result = demo.run();
      out.println(result.toText());
      if (report != null) {
        Files.writeString(report, result.toJson() + System.lineSeparator());
      }
      source.failure().lines().forEach(out::println);
      out.println(verdict(result));
      return result.exact() && source.failure().isEmpty() ? 0 : 1;
    } finally {
      FileUtils.deleteQuietly(folder.toFile());
      signal.close();
    }
  }

  /** Refuses a file that cannot be written before anything starts. */
  private void checkOut() {
    Path parent = labels == null ? null : labels.toAbsolutePath().getParent();
    if (labels != null && (Files.isDirectory(labels) || !Files.isWritable(parent))) {
      throw new ParameterException(
          spec.commandLine(),
          "--out " + labels + " cannot be written; expected a file in an existing folder");
    }
  }

  private DemoSource source() throws IOException, InterruptedException {
    if (sources.isEmpty() && camerasFile == null) {
      boolean unlimited = keepRunning || seconds != null;
      return new SimulatedCameras(simulatedCameras, rate, unlimited ? Long.MAX_VALUE : frames);
    }
    for (String option : List.of("--frames", "--simulated-cameras", "--rate", "--pictures")) {
      if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
        throw new ParameterException(
            spec.commandLine(),
            option + " is for simulated cameras only; expected neither --camera nor --cameras");
      }
    }
    CameraSettings.Repeat repeat =
        keepRunning ? CameraSettings.Repeat.LOOP : CameraSettings.Repeat.ONCE;
    CameraFile.Defaults defaults =
        new CameraFile.Defaults(fps, repeat, PictureSettings.AS_IT_COMES, 1, Map.of());
    return new UserCameras(
        CameraSources.read(spec, sources, camerasFile, defaults), AddressGuard.STRICT, this::say);
  }

  private void say(String text) {
    spec.commandLine().getOut().println(text);
  }

  /** Starts the live page beside the demo; prints its address. */
  private AutoCloseable startWall(Map<String, String> client) {
    if (noWall) {
      return () -> {};
    }
    Wall wall = Wall.start(WallSettings.local(client, wallPort));
    say("Wall: " + wall.address());
    return wall;
  }

  private Path labelModel(Path folder) {
    if (model == null) {
      return FramelabelCommand.installation().resolve("model/demo-xception.onnx");
    }
    return DemoModel.of(model, folder, spec.commandLine().getOut());
  }

  private Demo.Settings settings(Path folder, Path labelModel) {
    return new Demo.Settings(
        Optional.ofNullable(keepRunning ? null : seconds).map(Duration::ofSeconds),
        delivery,
        labelModel,
        device,
        Optional.ofNullable(labels),
        folder);
  }

  private static String verdict(DemoReport result) {
    return result.exact()
        ? "Every frame came out exactly once."
        : "NOT EXACT: " + result.lost() + " frames lost, " + result.doubled() + " doubled.";
  }
}
