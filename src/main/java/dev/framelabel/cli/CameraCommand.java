package dev.framelabel.cli;

import dev.framelabel.camera.CameraPublisher;
import dev.framelabel.camera.CameraSettings;
import dev.framelabel.event.CameraStatus;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code framelabel camera}. */
@Command(
    name = "camera",
    hidden = true,
    description =
        "Publishes frames of cameras: rtsp:// and MJPEG http:// addresses, video files, folders of pictures."
            + " Runs until Ctrl-C, or until all files have ended. Exit status 1 if a camera was lost at the end.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class CameraCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "[ID=]SOURCE", arity = "1..*", description = "Cameras.")
  private List<String> sources;

  @Option(names = "--bootstrap-servers", paramLabel = "HOST:PORT", defaultValue = "localhost:9092")
  private String bootstrapServers;

  @Option(names = "--kafka-properties", paramLabel = "FILE")
  private Path kafkaProperties;

  @Option(names = "--topic", paramLabel = "TOPIC", defaultValue = "frames")
  private String topic;

  @Option(names = "--cameras-topic", paramLabel = "TOPIC", defaultValue = "cameras")
  private String camerasTopic;

  @Option(
      names = "--fps",
      paramLabel = "N",
      description = "Most frames a second and camera; 0: no limit.",
      defaultValue = "0")
  private double fps;

  @Option(names = "--loop", description = "Begin files and folders again at their end.")
  private boolean loop;

  @Option(names = "--once", description = "End when a camera is lost, instead of trying again.")
  private boolean once;

  @Option(
      names = "--max-record-bytes",
      paramLabel = "N",
      description = "Largest record that the topic takes.",
      defaultValue = "1000000")
  private int maxRecordBytes;

  @Override
  public Integer call() throws Exception {
    List<CameraSettings> cameras = new ArrayList<>();
    for (String source : sources) {
      int named = source.matches("[A-Za-z0-9_.-]+=.*") ? source.indexOf('=') : -1;
      String id = named < 0 ? "camera-" + (cameras.size() + 1) : source.substring(0, named);
      cameras.add(new CameraSettings(id, source.substring(named + 1), fps, loop, Map.of()));
    }
    CameraPublisher publisher = new CameraPublisher();
    Runtime.getRuntime().addShutdownHook(new Thread(publisher::stop, "framelabel-ctrl-c"));
    List<CameraStatus> last =
        publisher.run(
            KafkaClient.properties(bootstrapServers, kafkaProperties),
            topic,
            camerasTopic,
            maxRecordBytes,
            cameras,
            once,
            this::say);
    return last.stream().anyMatch(status -> status.state() == CameraStatus.State.LOST) ? 1 : 0;
  }

  private void say(List<CameraStatus> statuses) {
    PrintWriter out = spec.commandLine().getOut();
    for (CameraStatus status : statuses) {
      out.printf(
          "%s %s  %,d in  %,d out  %,d dropped  %s%n",
          status.cameraId(),
          status.state().name().toLowerCase(Locale.ROOT),
          status.framesIn(),
          status.framesOut(),
          status.dropped(),
          status.lastError());
    }
    out.flush();
  }
}
