package dev.framelabel.local.chaos;

import dev.framelabel.config.FlinkDefaults;
import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.config.OptionParser;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.kafka.FrameLabeller;
import dev.framelabel.kafka.sink.OutcomeSinks;
import dev.framelabel.kafka.source.FrameSource;
import dev.framelabel.pipeline.LabelAgain;
import dev.framelabel.pipeline.LabellingPipeline;
import dev.framelabel.pipeline.state.EventTypeInformation;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The labelling job with fault points in its labels sink and its model. {@code --fault-folder} is
 * where they are armed.
 */
public final class FaultyJob {
  /** The job's, in Flink's logs. */
  static final String NAME = "framelabel with faults";

  private FaultyJob() {}

  /** Runs as the job jar's main class. */
  public static void main(String[] arguments) throws Exception {
    OptionParser parser =
        new OptionParser(
            Stream.concat(KafkaOptions.ALL.stream(), JobOptions.ALL.stream()).toList());
    List<String> all = List.of(arguments);
    int folder = all.indexOf("--fault-folder");
    String[] rest =
        Stream.concat(all.subList(0, folder).stream(), all.subList(folder + 2, all.size()).stream())
            .toArray(String[]::new);
    OptionParser.Parsed parsed = parser.parse(rest);
    JobOptions job = new JobOptions(parsed.job());
    KafkaOptions kafka = new KafkaOptions(parsed.job());
    StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
    FlinkDefaults.apply(environment, job, parsed.flink());
    FrameLabeller labeller = new LabelAgain(job)::label;
    new LabellingPipeline(
            FrameSource.build(kafka, new EventTypeInformation<>(FrameEvent.class)),
            faulty(OutcomeSinks.labels(kafka, labeller), all.get(folder + 1)),
            OutcomeSinks.rejected(kafka, labeller),
            job)
        .addTo(environment);
    environment.execute(NAME);
  }

  private static <T> Sink<T> faulty(Sink<T> sink, String folder) {
    return new FaultySink<T, Object, Object>(sink, folder);
  }

  /** Writes a job jar that has the classes of the given one, and this main class. */
  static Path jar(Path jobJar, Path target) throws IOException {
    try (JarFile job = new JarFile(jobJar.toFile());
        OutputStream file = Files.newOutputStream(target);
        JarOutputStream out = new JarOutputStream(file, manifest())) {
      for (Enumeration<JarEntry> entries = job.entries(); entries.hasMoreElements(); ) {
        JarEntry entry = entries.nextElement();
        if (!entry.getName().equals(JarFile.MANIFEST_NAME)) {
          out.putNextEntry(new JarEntry(entry.getName()));
          try (InputStream in = job.getInputStream(entry)) {
            in.transferTo(out);
          }
        }
      }
      String folder = FaultyJob.class.getPackageName().replace('.', '/') + "/";
      try (Stream<Path> classes = Files.list(Path.of("target/test-classes", folder))) {
        for (Path path :
            classes
                .filter(one -> one.getFileName().toString().matches("Fault(y|Point).*"))
                .toList()) {
          out.putNextEntry(new JarEntry(folder + path.getFileName()));
          Files.copy(path, out);
        }
      }
    }
    return target;
  }

  private static Manifest manifest() {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, FaultyJob.class.getName());
    return manifest;
  }
}
