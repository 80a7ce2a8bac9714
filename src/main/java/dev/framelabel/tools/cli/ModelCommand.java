package dev.framelabel.tools.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code framelabel model}. */
@Command(
    name = "model",
    description =
        "Creates, inspects and tests label models. A label model is one ONNX file: pixels in, probabilities out.",
    mixinStandardHelpOptions = true,
    subcommands = {
      ModelImportCommand.class,
      ModelPackageCommand.class,
      ModelBuildCommand.class,
      ModelInspectCommand.class,
      ModelLabelCommand.class,
      ModelVerifyCommand.class
    })
final class ModelCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(),
        "a command is missing: import, package, build, inspect, label or verify");
  }
}
