package dev.framelabel.tools.cli;

import dev.framelabel.text.TextFile;
import dev.framelabel.tools.wall.LiveTopics;
import dev.framelabel.tools.wall.Wall;
import dev.framelabel.tools.wall.WallSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code framelabel wall}. */
@Command(
    name = "wall",
    description =
        "Serves a live web page of all cameras with their labels. Runs until Ctrl-C. Reconnects after a broker"
            + " restart.",
    footer = {"", "Example: framelabel wall --bootstrap-servers kafka:9092 --port 8090"})
final class WallCommand implements Callable<Integer> {
  private static final String TOKEN_VARIABLE = "FRAMELABEL_WALL_TOKEN";

  @Spec private CommandSpec spec;
  @Mixin private KafkaClient kafka;

  @Option(names = "--frames-topic")
  private String framesTopic;

  @Option(names = "--labels-topic")
  private String labelsTopic;

  @Option(names = "--rejected-topic")
  private String rejectedTopic;

  @Option(
      names = "--cameras-topic",
      paramLabel = "TOPIC",
      description = "Topic of camera states.",
      defaultValue = "cameras")
  private String camerasTopic;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description =
          "Address to listen on. An address other than loopback lets other machines watch.",
      defaultValue = WallSettings.LOOPBACK)
  private String host;

  @Option(
      names = "--port",
      paramLabel = "P",
      description = "Port to listen on; 0: any free port.",
      defaultValue = "8090")
  private int port;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "File with the access token that viewers must send, 8 characters or more. Without this option, the"
              + " token is the environment variable "
              + TOKEN_VARIABLE
              + ".")
  private Path tokenFile;

  @Option(
      names = "--committed",
      description =
          "Show committed results only. Default: show uncommitted results too, and mark them.")
  private boolean committed;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    String token = token();
    LiveTopics topics = new LiveTopics(framesTopic, labelsTopic, rejectedTopic, camerasTopic);
    WallSettings settings =
        new WallSettings(kafka.properties(), topics, host, port, token, committed);
    CountDownLatch ended = new CountDownLatch(1);
    try (Wall wall = Wall.start(settings)) {
      out.println("Wall: " + wall.address() + (token.isEmpty() ? "" : "?token=..."));
      if (!settings.isLocal() && token.isEmpty()) {
        out.println("Everyone who reaches " + host + " can watch: no token is set.");
      }
      Runtime.getRuntime().addShutdownHook(new Thread(ended::countDown, "framelabel-ctrl-c"));
      ended.await();
    }
    return 0;
  }

  private String token() throws IOException {
    if (tokenFile != null) {
      return TextFile.read(tokenFile).strip();
    }
    return System.getenv().getOrDefault(TOKEN_VARIABLE, "");
  }
}
