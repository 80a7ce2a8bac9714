package dev.framelabel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is in the jar for a cluster, and what must not be. */
class JobJarIT {
  private static List<String> entries;
  private static String mainClass;

  @BeforeAll
  static void readJar() throws Exception {
    File file = Path.of("target/framelabel/framelabel-job.jar").toFile();
    try (JarFile jar = new JarFile(file)) {
      entries = jar.stream().map(ZipEntry::getName).toList();
      mainClass = jar.getManifest().getMainAttributes().getValue("Main-Class");
    }
  }

  @Test
  void jobJar_hasTheJobAndItsConnectors() {
    assertThat(mainClass).isEqualTo(LabellingJob.class.getName());
    assertThat(entries)
        .contains(
            "dev/framelabel/LabellingJob.class",
            "dev/framelabel/avro/ImageEvent.class",
            "org/apache/flink/connector/kafka/sink/KafkaSink.class",
            "org/apache/kafka/clients/producer/KafkaProducer.class",
            "org/apache/avro/Schema.class",
            "com/fasterxml/jackson/dataformat/yaml/YAMLMapper.class",
            "org/yaml/snakeyaml/Yaml.class",
            "schemas/image-event-1.avsc",
            "schemas/rejected-frame-1.avsc");
  }

  @Test
  void jobJar_hasNoFlinkNoNativeLibraryAndNoCommandLine() {
    assertThat(entries)
        .noneMatch(
            entry -> entry.endsWith(".so") || entry.endsWith(".dll") || entry.endsWith(".dylib"))
        .noneMatch(entry -> entry.startsWith("org/apache/flink/streaming/api/environment/"))
        .noneMatch(entry -> entry.startsWith("org/apache/flink/runtime/"))
        .noneMatch(
            entry -> entry.startsWith("ai/onnxruntime/") || entry.startsWith("org/bytedeco/"))
        .noneMatch(entry -> entry.startsWith("com/sun/jna/"))
        .noneMatch(entry -> entry.startsWith("io/apicurio/") || entry.startsWith("io/vertx/"))
        .noneMatch(entry -> entry.startsWith("kafka/server/") || entry.startsWith("picocli/"))
        .noneMatch(entry -> entry.startsWith("dev/framelabel/tools/") || entry.contains("log4j2"));
  }

  /** They come with {@code -Pregistry}, for a test. */
  @Test
  void app_hasNoSerdesOfARegistry() {
    assertThat(Path.of("target/framelabel/lib").toFile().list())
        .isNotEmpty()
        .noneMatch(name -> name.startsWith("apicurio") || name.startsWith("vertx"));
  }

  /** Versions in NOTICE go with the build; each jar of flink-lib has to stand there. */
  @Test
  void notice_namesWhatIsBundledByItsVersion() throws Exception {
    String notice = squashed(Files.readString(Path.of("NOTICE")));
    for (String folder : List.of("flink-lib", "lib")) {
      for (String jar : Path.of("target/framelabel", folder).toFile().list()) {
        String named =
            jar.replaceAll("(-(linux|macosx)-\\w+)?\\.jar$", "")
                .replaceAll("^((opencv|openblas|ffmpeg)-.*)-[^-]+$", "$1")
                .replace("onnxruntime_gpu", "onnxruntime");
        String name = squashed(named.replaceAll("-\\d.*", ""));
        if (folder.equals("flink-lib") || notice.matches("(?s).*" + name + "\\d.*")) {
          assertThat(notice).as(jar).contains(squashed(named));
        }
      }
    }
  }

  private static String squashed(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[ _-]", "");
  }

  @Test
  void app_nativeJarsForTheClusterAreBesideTheJob() {
    assertThat(Path.of("target/framelabel/flink-lib").toFile().list())
        .anyMatch(name -> name.startsWith("onnxruntime"))
        .anyMatch(name -> name.startsWith("opencv"))
        .anyMatch(name -> name.startsWith("jna"))
        .anyMatch(name -> name.startsWith("javacpp"));
  }
}
