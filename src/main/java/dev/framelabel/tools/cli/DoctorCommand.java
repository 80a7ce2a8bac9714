package dev.framelabel.tools.cli;

import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.kafka.admin.Finding;
import dev.framelabel.kafka.admin.Finding.Level;
import dev.framelabel.tools.camera.CameraChecks;
import dev.framelabel.tools.camera.CameraFile;
import dev.framelabel.tools.camera.CameraSettings;
import dev.framelabel.tools.doctor.Doctor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code framelabel doctor}. */
@Command(
    name = "doctor",
    description =
        "Checks whether a labelling job with these options can run: Java, model and device on this machine; the"
            + " brokers, topics and their limits; with --rest, the Flink cluster; with --cameras, each camera. Without"
            + " --model, --cameras checks the cameras alone. Prints the cure of each failed check. Changes nothing.",
    exitCodeList = {"1:At least one check failed."},
    footer = {
      "",
      "Example: framelabel doctor --bootstrap-servers kafka:9092 --model x.onnx --rest http://flink:8081",
      "Example: framelabel doctor --cameras cameras.yaml"
    },
    abbreviateSynopsis = true,
    modelTransformer = JobOptionsModel.class)
final class DoctorCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--rest",
      paramLabel = "URL",
      defaultValue = "",
      description = "URL of the Flink REST API. Default: the cluster is not checked.")
  private String rest;

  @Option(
      names = "--patience",
      paramLabel = "S",
      defaultValue = "10",
      description = "Maximum time to wait for an answer of a broker or of a camera, in seconds.")
  private int patience;

  @Option(
      names = "--cameras",
      paramLabel = "FILE",
      description =
          "YAML file of cameras. Checks for each: native libraries, its address, and that its first picture"
              + " decodes.")
  private Path camerasFile;

  @Mixin private AddressGuardOptions addresses;

  @Override
  public Integer call() throws IOException {
    Configuration options = JobOptionsModel.parse(spec).job();
    List<Finding> findings = new ArrayList<>();
    if (camerasFile != null && !options.contains(JobOptions.MODEL)) {
      findings.add(Finding.skipped("labelling job", "no --model was given"));
    } else {
      findings.addAll(
          new Doctor(
                  new JobOptions(options), new KafkaOptions(options), Duration.ofSeconds(patience))
              .examine(rest));
    }
    if (camerasFile != null) {
      List<CameraSettings> cameras =
          CameraSources.read(spec, List.of(), camerasFile, CameraFile.Defaults.NONE);
      findings.addAll(
          new CameraChecks(addresses.guard(), Duration.ofSeconds(patience)).of(cameras));
    }
    PrintWriter out = spec.commandLine().getOut();
    for (Finding finding : findings) {
      out.printf("%-8s %s: %s%n", finding.level(), finding.subject(), finding.found());
      if (!finding.cure().isEmpty()) {
        out.printf("         cure: %s%n", finding.cure());
      }
    }
    long failed = findings.stream().filter(one -> one.level() == Level.FAILED).count();
    out.println(failed == 0 ? "Nothing failed." : failed + " failed.");
    return failed == 0 ? 0 : 1;
  }
}
