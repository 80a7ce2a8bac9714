package dev.framelabel.tools.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.framelabel.model.Sample;
import dev.framelabel.tools.modelkit.ModelFacts;
import dev.framelabel.tools.modelkit.ModelFacts.Block;
import dev.framelabel.tools.modelkit.ModelFile;
import dev.framelabel.tools.report.Json;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code framelabel model inspect}. */
@Command(
    name = "inspect",
    description =
        "Prints the metadata, inputs, outputs, parameters and multiply-accumulate operations (MACs) of an ONNX"
            + " file.",
    footer = {"", "Example: framelabel model inspect xception.onnx"})
final class ModelInspectCommand implements Callable<Integer> {
  private static final int SHOWN_LABELS = 120;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "Model (.onnx).")
  private Path file;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws JsonProcessingException {
    ModelFile model = ModelFile.open(file);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.indented(toJson(model, model.facts())));
    } else {
      print(model, model.facts(), out);
    }
    return 0;
  }

  private static void print(ModelFile model, ModelFacts facts, PrintWriter out)
      throws JsonProcessingException {
    String labels = facts.metadata().labels();
    String shown =
        labels.length() > SHOWN_LABELS ? labels.substring(0, SHOWN_LABELS) + " ..." : labels;
    line(out, "name", facts.metadata().name());
    line(out, "version", facts.metadata().version());
    line(out, "labels", shown);
    line(out, "task", facts.metadata().task());
    line(out, "resize", facts.metadata().resize());
    line(out, "crop_pct", facts.metadata().cropPct());
    line(out, "scaling", facts.metadata().interpolation());
    samples(facts).forEach(sample -> line(out, "sample", sample.toText()));
    line(out, "network", facts.metadata().network());
    facts.inputs().forEach(input -> line(out, "input", input));
    facts.outputs().forEach(output -> line(out, "output", output));
    line(out, "opset", String.valueOf(facts.opset()));
    line(out, "weights", facts.precision());
    line(out, "bytes", String.format("%,d", model.bytes()));
    line(out, "sha256", model.sha256());
    line(out, "parameters", String.format("%,d trainable", facts.trainable()));
    line(out, "statistics", String.format("%,d of batch normalisation", facts.statistics()));
    line(out, "stored", String.format("%,d numbers in the file", facts.storedNumbers()));
    String macs =
        facts.macs().isPresent()
            ? String.format("%,d for one picture", facts.macs().getAsLong())
            : "not counted: " + facts.note();
    line(out, "MACs", macs);
    if (!facts.blocks().isEmpty()) {
      printBlocks(facts, out);
    }
  }

  /** A sample picture, for people. */
  private record SampleFacts(int bytes, String label, float probability) {
    String toText() {
      return String.format("%,d bytes, %s %.4f", bytes, label, probability);
    }
  }

  private static List<SampleFacts> samples(ModelFacts facts) throws JsonProcessingException {
    if (facts.metadata().samples().isEmpty()) {
      return List.of();
    }
    String[] labels = new JsonMapper().readValue(facts.metadata().labels(), String[].class);
    return Sample.parse(facts.metadata().samples(), labels.length).stream()
        .map(
            sample ->
                new SampleFacts(
                    sample.jpeg().length,
                    labels[sample.best()],
                    sample.probabilities()[sample.best()]))
        .toList();
  }

  private static void line(PrintWriter out, String key, String value) {
    out.printf("%-11s %s%n", key, value.isEmpty() ? "-" : value);
  }

  private static void printBlocks(ModelFacts facts, PrintWriter out) {
    out.printf("%n%-9s %14s %12s %16s%n", "block", "parameters", "statistics", "MACs");
    for (Block block : facts.blocks()) {
      out.printf(
          "%-9s %,14d %,12d %,16d%n",
          block.name(), block.trainable(), block.statistics(), block.macs());
    }
    out.printf(
        "%-9s %,14d %,12d %,16d%n",
        "together",
        facts.trainable(),
        facts.statistics(),
        facts.blocks().stream().mapToLong(Block::macs).sum());
  }

  private static Map<String, Object> toJson(ModelFile model, ModelFacts facts)
      throws JsonProcessingException {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", facts.metadata().name());
    fields.put("version", facts.metadata().version());
    String labels = facts.metadata().labels();
    fields.put("labels", labels.isEmpty() ? List.of() : new JsonMapper().readTree(labels));
    fields.put("task", facts.metadata().task());
    fields.put("resize", facts.metadata().resize());
    fields.put("cropPct", facts.metadata().cropPct());
    fields.put("interpolation", facts.metadata().interpolation());
    fields.put("samples", samples(facts));
    fields.put("network", facts.metadata().network());
    fields.put("inputs", facts.inputs());
    fields.put("outputs", facts.outputs());
    fields.put("opset", facts.opset());
    fields.put("precision", facts.precision());
    fields.put("bytes", model.bytes());
    fields.put("sha256", model.sha256());
    fields.put("trainable", facts.trainable());
    fields.put("statistics", facts.statistics());
    fields.put("stored", facts.storedNumbers());
    facts.macs().ifPresent(macs -> fields.put("macs", macs));
    fields.put("blocks", facts.blocks());
    return fields;
  }
}
