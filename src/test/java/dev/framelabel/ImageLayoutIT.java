package dev.framelabel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.testing.cluster.ChildCommand;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder that the images add to Flink, made by the script that the Dockerfiles call. */
class ImageLayoutIT {
  private static final Path BUILD = Path.of("target/framelabel");

  @TempDir private Path folder;

  @Test
  void assemble_ofTheBuild_hasTheJobAndEachNativeJarOnce() throws Exception {
    Path image = folder.resolve("image");
    Result result = assemble(BUILD, image);
    assertThat(result.status()).as(result.output()).isZero();

    assertThat(names(image)).containsExactlyInAnyOrder("lib", "usrlib");
    assertThat(names(image.resolve("usrlib"))).containsExactly("framelabel-job.jar");
    List<String> libraries = names(image.resolve("lib"));
    assertThat(libraries).containsExactlyInAnyOrderElementsOf(names(BUILD.resolve("flink-lib")));
    assertThat(libraries.stream().map(name -> name.replaceAll("-[0-9][0-9.-]*[0-9]", "")))
        .doesNotHaveDuplicates();
    for (String library : libraries) {
      try (JarFile jar = new JarFile(image.resolve("lib").resolve(library).toFile())) {
        assertThat(jar.size()).as(library).isPositive();
      }
    }
    File job = image.resolve("usrlib/framelabel-job.jar").toFile();
    try (JarFile jar = new JarFile(job)) {
      assertThat(jar.getManifest().getMainAttributes().getValue("Main-Class"))
          .isEqualTo(LabellingJob.class.getName());
    }
  }

  @Test
  void assemble_withTwoVersionsOfALibrary_isRefused() throws Exception {
    Path build = Files.createDirectories(folder.resolve("build/flink-lib")).getParent();
    Files.createFile(build.resolve("framelabel-job.jar"));
    Files.createFile(build.resolve("flink-lib/onnxruntime-1.28.0.jar"));
    Files.createFile(build.resolve("flink-lib/onnxruntime_gpu-1.28.0.jar"));
    Result result = assemble(build, folder.resolve("image"));
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output()).contains("found 2 jars of onnxruntime", "mvn clean package");
  }

  @Test
  void assemble_withoutABuild_saysWhatToDo() throws Exception {
    Result result = assemble(folder.resolve("nothing"), folder.resolve("image"));
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output()).contains("framelabel-job.jar is missing", "mvn package");
  }

  /** As in the command line's image, whose root file system is read-only. */
  @Test
  void launcher_workFolderNamed_writesOnlyThere() throws Exception {
    Path home = folder.resolve("home");
    Path app = Files.createDirectories(home.resolve("target/framelabel"));
    Path launcher = Files.copy(Path.of("framelabel"), home.resolve("framelabel"));
    Path ignored =
        Files.createSymbolicLink(app.resolve("lib"), BUILD.resolve("lib").toAbsolutePath());
    Path work = folder.resolve("work");
    Path pictures = folder.resolve("pictures");
    ProcessBuilder demo =
        new ProcessBuilder(
                ChildCommand.endingWithParent(
                    launcher.toString(),
                    "demo",
                    "--pictures",
                    pictures.toString(),
                    "--simulated-cameras",
                    "2"))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("demo.txt").toFile());
    demo.environment().put("FRAMELABEL_WORK", work.toString());
    demo.environment().remove("FRAMELABEL_LOG");
    Process process = demo.start();
    boolean ended = process.waitFor(2, TimeUnit.MINUTES);
    process.destroyForcibly();
    String output = Files.readString(folder.resolve("demo.txt"));
    assertThat(ended && process.exitValue() == 0).as(output).isTrue();
    assertThat(output).contains("2 folders of 50 pictures");
    assertThat(names(pictures.resolve("2"))).hasSize(50).contains("001.jpg", "050.jpg");
    assertThat(names(home)).containsExactlyInAnyOrder("framelabel", "target");
    assertThat(names(app)).containsExactly("lib");
    Files.delete(app.resolve("lib"));
    assertThat(names(work)).contains("java.args", "logs");
  }

  private record Result(int status, String output) {}

  private Result assemble(Path build, Path image) throws IOException, InterruptedException {
    Path output = folder.resolve("output.txt");
    Process script =
        new ProcessBuilder("docker/assemble.sh", build.toString(), image.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = script.waitFor(60, TimeUnit.SECONDS);
    script.destroyForcibly();
    assertThat(ended).as("docker/assemble.sh ended").isTrue();
    return new Result(script.exitValue(), Files.readString(output));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
