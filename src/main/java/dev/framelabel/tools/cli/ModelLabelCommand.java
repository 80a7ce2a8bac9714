package dev.framelabel.tools.cli;

import dev.framelabel.image.BadImageException;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.OnnxLabelModel;
import dev.framelabel.model.SessionSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code framelabel model label}. */
@Command(
    name = "label",
    description = "Labels image files and prints the top classes of each.",
    footer = {"", "Example: framelabel model label xception.onnx picture.jpg --top 3"},
    exitCodeList = {"2:At least one image could not be labelled, or an option is invalid."})
final class ModelLabelCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MODEL", description = "Label model (.onnx).")
  private Path file;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "IMAGE",
      description = "Image files: JPEG, PNG or WebP.")
  private List<Path> images;

  @Option(
      names = "--top",
      paramLabel = "K",
      description = "Number of classes to print for each image.",
      defaultValue = "5")
  private int top;

  @Option(names = "--device", defaultValue = "cpu")
  private String device;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    int bad = 0;
    SessionSettings settings = SessionSettings.on(device, 1);
    try (OnnxLabelModel model = new OnnxLabelModel(file, settings)) {
      ModelPictures pictures = new ModelPictures(model);
      for (Path image : images) {
        try {
          print(image, pictures.label(image), model.metadata().labels(), out);
        } catch (BadImageException | ModelException e) {
          bad++;
          spec.commandLine().getErr().println("framelabel: " + image + ": " + e.getMessage());
        }
      }
    }
    return bad == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.USAGE;
  }

  private void print(Path image, float[] row, List<String> labels, PrintWriter out) {
    List<Integer> best =
        IntStream.range(0, row.length)
            .boxed()
            .sorted(Comparator.comparingDouble(index -> -row[index]))
            .limit(top)
            .toList();
    out.println(image);
    for (int place = 0; place < best.size(); place++) {
      int index = best.get(place);
      out.printf("  %2d  %8.4f  %s%n", place + 1, row[index], labels.get(index));
    }
  }
}
