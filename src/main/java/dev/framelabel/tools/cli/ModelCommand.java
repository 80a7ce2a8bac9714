package dev.framelabel.tools.cli;

import picocli.CommandLine.Command;

/** {@code framelabel model}. */
@Command(
    name = "model",
    description =
        "Creates, inspects and tests label models. A label model is one ONNX file: pixels in, probabilities out.",
    subcommands = {
      ModelImportCommand.class,
      ModelPackageCommand.class,
      ModelBuildCommand.class,
      ModelInspectCommand.class,
      ModelLabelCommand.class,
      ModelVerifyCommand.class
    })
final class ModelCommand {}
