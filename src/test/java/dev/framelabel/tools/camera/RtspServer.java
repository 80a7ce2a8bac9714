package dev.framelabel.tools.camera;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.framelabel.testing.Signals;
import dev.framelabel.testing.cluster.ChildCommand;
import dev.framelabel.tools.demo.BrokerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Debian's GStreamer RTSP server as a process, with one stream at /cam; its owner closes it. */
final class RtspServer implements AutoCloseable {
  private static final String PACKAGES =
      "python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-rtsp gstreamer1.0-plugins-base"
          + " gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly";
  private static final String SCRIPT =
      """
      import sys
      import gi
      gi.require_version('Gst', '1.0')
      gi.require_version('GstRtspServer', '1.0')
      from gi.repository import GLib, Gst, GstRtspServer
      Gst.init(None)
      missing = [e for e in ('videotestsrc', 'x264enc', 'rtph264pay') if not Gst.ElementFactory.find(e)]
      if missing:
          sys.exit('no ' + ' '.join(missing))
      if sys.argv[1] != 'check':
          server = GstRtspServer.RTSPServer()
          server.set_address('127.0.0.1')
          server.set_service(sys.argv[1])
          factory = GstRtspServer.RTSPMediaFactory()
          factory.set_launch('( videotestsrc is-live=true pattern=' + sys.argv[2] +
              ' ! video/x-raw,width=320,height=240,framerate=10/1'
              ' ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10'
              ' ! rtph264pay name=pay0 pt=96 )')
          factory.set_shared(True)
          server.get_mount_points().add_factory('/cam', factory)
          server.attach(None)
          GLib.MainLoop().run()
      """;

  private final Path script;
  private final int port = BrokerFiles.freePort();
  private Process process;

  RtspServer(Path folder) throws IOException {
    script = Files.writeString(folder.resolve("rtsp.py"), SCRIPT);
  }

  /** Skips the test, in words, where the server's packages are missing. */
  void assumeInstalled() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/python3")) && run("check", "").waitFor() == 0,
        "SKIPPED: the RTSP server needs the Debian packages " + PACKAGES);
  }

  /**
   * @param pattern of GStreamer's videotestsrc
   */
  void start(String pattern) throws IOException {
    process = run(Integer.toString(port), pattern);
  }

  private Process run(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("/usr/bin/python3", script.toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(ChildCommand.endingWithParent(command))
        .redirectErrorStream(true)
        .redirectOutput(script.resolveSibling("rtsp.log").toFile())
        .start();
  }

  /** Stops all its threads, as a hung camera does: connections stay open, and nothing comes. */
  void freeze() throws Exception {
    Signals.send(process.pid(), "STOP");
  }

  void kill() throws Exception {
    process.destroyForcibly();
    boolean ignored = process.waitFor(10, TimeUnit.SECONDS);
  }

  String address() {
    return "rtsp://127.0.0.1:" + port + "/cam";
  }

  @Override
  public void close() throws Exception {
    if (process != null) {
      kill();
    }
  }
}
