package dev.framelabel.tools.cli;

import dev.framelabel.tools.camera.CameraFile;
import dev.framelabel.tools.camera.CameraSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Reader of the cameras that a command line and a file name. */
final class CameraSources {
  private CameraSources() {}

  /**
   * Returns the cameras of the command line, then those of the file.
   *
   * @param sources each {@code [ID=]SOURCE}; one without an id is camera-N, from 1
   * @param file null: none
   * @throws ParameterException if an address on the command line holds a password
   */
  static List<CameraSettings> read(
      CommandSpec spec, List<String> sources, Path file, CameraFile.Defaults defaults)
      throws IOException {
    List<CameraSettings> cameras = new ArrayList<>();
    for (String source : sources) {
      int named = source.matches("[A-Za-z0-9_.-]+=.*") ? source.indexOf('=') : -1;
      String id = named < 0 ? "camera-" + (cameras.size() + 1) : source.substring(0, named);
      CameraSettings camera =
          new CameraSettings(
              id,
              source.substring(named + 1),
              defaults.fps(),
              defaults.repeat(),
              defaults.picture(),
              defaults.pollSeconds(),
              defaults.attributes());
      if (camera.hasPassword()) {
        throw new ParameterException(
            spec.commandLine(),
            "camera "
                + camera
                + ": a password on the command line is seen by everyone on this machine; give the address in"
                + " --cameras FILE");
      }
      cameras.add(camera);
    }
    if (file != null) {
      cameras.addAll(CameraFile.read(file, defaults));
    }
    return cameras;
  }
}
