package dev.framelabel.tools.cli;

import dev.framelabel.event.CameraStatus;
import dev.framelabel.tools.camera.CameraFile;
import dev.framelabel.tools.camera.CameraPublisher;
import dev.framelabel.tools.camera.CameraReport;
import dev.framelabel.tools.camera.CameraSettings;
import dev.framelabel.tools.camera.PictureSettings;
import dev.framelabel.tools.camera.PublishSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.MemorySize;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code framelabel camera}. */
@Command(
    name = "camera",
    description =
        "Publishes frames of cameras: RTSP streams, MJPEG streams or snapshots over HTTP, video files, folders of"
            + " images, USB cameras. Runs until Ctrl-C, or until all files and folders are read.",
    exitCodeList = {"1:At least one camera was lost at the end, or the command failed."},
    footer = {
      "",
      "Example: framelabel camera door=rtsp://10.0.0.5/stream1 --fps 5 --bootstrap-servers kafka:9092"
    })
final class CameraCommand implements Callable<Integer> {
  private static final long LAST_SECONDS = 8;

  @Spec private CommandSpec spec;
  @Mixin private KafkaClient kafka;

  @Parameters(
      paramLabel = "[ID=]SOURCE",
      arity = "0..*",
      description =
          "Cameras, each with an optional camera id: rtsp://, rtsps://, http://, https://, a video file, a folder, or"
              + " usb:FORMAT:DEVICE such as usb:v4l2:/dev/video0. An address with a password is refused here: use"
              + " --cameras.")
  private List<String> sources = List.of();

  @Option(
      names = "--cameras",
      paramLabel = "FILE",
      description =
          "YAML file with more cameras. The other options are the defaults of its cameras.")
  private Path camerasFile;

  @Option(names = "--frames-topic")
  private String framesTopic;

  @Option(
      names = "--cameras-topic",
      paramLabel = "TOPIC",
      description = "Topic for camera states; created with compaction if it does not exist.",
      defaultValue = "cameras")
  private String camerasTopic;

  @Option(
      names = "--fps",
      paramLabel = "N",
      description = "Maximum frames per second of each camera; 0: no limit.",
      defaultValue = "0")
  private double fps;

  @Option(
      names = "--size",
      paramLabel = "WxH",
      description =
          "Maximum size in pixels. Larger images are scaled down and keep their aspect ratio. Default: no limit.",
      defaultValue = "")
  private String size;

  @Option(
      names = "--quality",
      paramLabel = "Q",
      description =
          "JPEG quality, 1 to 100; 0: JPEG images are published unchanged, others are encoded with quality "
              + PictureSettings.DEFAULT_QUALITY
              + ".",
      defaultValue = "0")
  private int quality;

  @Option(
      names = "--repeat",
      paramLabel = "MODE",
      description =
          "At the end of a file or folder: once (end), loop (start again), or watch (publish only images that are added"
              + " to the folder).",
      defaultValue = "once")
  private CameraSettings.Repeat repeat;

  @Option(
      names = "--poll",
      paramLabel = "S",
      description = "Seconds between two requests to an HTTP snapshot address.",
      defaultValue = "1")
  private double pollSeconds;

  @Option(
      names = "--attribute",
      paramLabel = "NAME=VALUE",
      description =
          "Attribute of every frame; its result carries it too. Can be given several times.")
  private Map<String, String> attributes = new HashMap<>();

  @Option(
      names = "--once",
      description = "Do not reconnect: exit when all cameras have ended or are lost.")
  private boolean once;

  @Option(
      names = "--max-record-size",
      paramLabel = "SIZE",
      description =
          "Maximum size of a record in the frames topic. Default: max.message.bytes of the topic, or"
              + " the job's default if this user may not read it.")
  private MemorySize maxRecordSize;

  @Option(
      names = "--buffer-mib",
      paramLabel = "N",
      description =
          "Send buffer of all cameras, in MiB. When it is full, the oldest frames are dropped.",
      defaultValue = "128")
  private long bufferMib;

  @Mixin private AddressGuardOptions addresses;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write the summary to this file as JSON.")
  private Path report;

  @Override
  public Integer call() throws Exception {
    CameraPublisher publisher = new CameraPublisher(settings(), cameras());
    long begun = System.nanoTime();
    try (CtrlC signal = new CtrlC()) {
      signal.stops(publisher::stop, LAST_SECONDS);
      CameraProgress progress = new CameraProgress(spec.commandLine().getOut());
      List<CameraStatus> last = publisher.run(progress::say);
      CameraReport result = CameraReport.of((System.nanoTime() - begun) / 1e9, last);
      if (report != null) {
        Files.writeString(report, result.toJson() + System.lineSeparator());
      }
      say(result);
      return last.stream().anyMatch(status -> status.state() == CameraStatus.State.LOST) ? 1 : 0;
    }
  }

  private void say(CameraReport result) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%,d frames in, %,d out, %,d dropped%n",
        result.framesIn(), result.framesOut(), result.dropped());
  }

  private PublishSettings settings() throws IOException {
    return new PublishSettings(
        kafka.properties(),
        framesTopic,
        camerasTopic,
        maxRecordSize == null ? 0 : Math.toIntExact(maxRecordSize.getBytes()),
        bufferMib << 20,
        once,
        addresses.guard());
  }

  private List<CameraSettings> cameras() throws IOException {
    CameraFile.Defaults defaults =
        new CameraFile.Defaults(
            fps, repeat, PictureSettings.of(size, quality), pollSeconds, attributes);
    return CameraSources.read(spec, sources, camerasFile, defaults);
  }
}
