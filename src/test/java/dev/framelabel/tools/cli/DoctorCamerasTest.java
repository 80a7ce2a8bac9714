package dev.framelabel.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.image.TestImages;
import java.awt.Color;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class DoctorCamerasTest {
  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();

  @Test
  void doctor_camerasAlone_checksThemAndNothingElse() throws Exception {
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    Files.write(pictures.resolve("a.jpg"), TestImages.jpeg(64, 48, Color.RED));
    assertThat(doctor(pictures)).as(out::toString).isZero();
    assertThat(out.toString())
        .contains("SKIPPED  labelling job: no --model was given")
        .contains("OK       camera door, first picture: 64 x 48 pixels, JPEG")
        .endsWith("Nothing failed." + System.lineSeparator());
  }

  @Test
  void doctor_cameraWithoutPicture_endsWithStatus1AndTheCure() throws Exception {
    assertThat(doctor(Files.createDirectory(folder.resolve("pictures")))).isEqualTo(1);
    assertThat(out.toString())
        .contains("FAILED   camera door, first picture: folder ")
        .contains("cure: see docs/guides/cameras.md, section 'Camera shows nothing'")
        .endsWith("1 failed." + System.lineSeparator());
  }

  private int doctor(Path camera) throws Exception {
    Path file = folder.resolve("cameras.yaml");
    Files.writeString(file, "cameras:\n  - {id: door, address: '" + camera + "'}\n");
    String[] line = {"doctor", "--patience=120", "--cameras", file.toString()};
    CommandLine command = FramelabelCommand.line(Map.of(), line);
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(out, true));
    return command.execute(line);
  }
}
