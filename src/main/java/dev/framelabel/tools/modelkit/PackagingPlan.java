package dev.framelabel.tools.modelkit;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.framelabel.model.ModelException;
import dev.framelabel.tools.modelkit.Packaging.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Plan for packaging a classifier, with the source of each part. What is set later holds: first the
 * files say what they know, then the user. Not thread-safe.
 */
public final class PackagingPlan {
  private static final int SHOWN_LABELS = 3;
  private static final String DEFAULT = "default";

  private final Setting<Layout> layout =
      new Setting<>("layout", "--layout", l -> l.name().toLowerCase(Locale.ROOT));
  private final Setting<InputSize> size = new Setting<>("size", "--size", InputSize::toString);
  private final Setting<Double> scale = new Setting<>("scale", "--scale", PackagingPlan::scaleText);
  private final Setting<List<Double>> mean = new Setting<>("mean", "--mean", List::toString);
  private final Setting<List<Double>> std = new Setting<>("std", "--std", List::toString);
  private final Setting<Boolean> blueFirst =
      new Setting<>("colours", "--bgr", bgr -> bgr ? "blue, green, red" : "red, green, blue");
  private final Setting<String> resize = new Setting<>("resize", "--resize", how -> how);
  private final Setting<Double> cropPct =
      new Setting<>("crop_pct", "--crop-pct", part -> String.format(Locale.ROOT, "%.4g", part));
  private final Setting<String> interpolation =
      new Setting<>("interpolation", "--interpolation", how -> how);
  private final Setting<List<String>> labels =
      new Setting<>("labels", "--labels", PackagingPlan::labelsText);
  private final Setting<Result> result =
      new Setting<>("output", "--logits", kind -> kind.name().toLowerCase(Locale.ROOT));

  private ModelFile model;
  private Path file;

  /** Value of the plan, and its source. */
  public static final class Setting<T> {
    private final String name;
    private final String option;
    private final Function<T, String> text;
    private T value;
    private String source = "";

    private Setting(String name, String option, Function<T, String> text) {
      this.name = name;
      this.option = option;
      this.text = text;
    }

    /** Replaces the value, unless the new one is null. */
    public void set(T known, String from) {
      if (known != null) {
        value = known;
        source = from;
      }
    }

    /** Sets a value as {@link #set} does, if none is known. */
    public void setDefault(T known, String from) {
      set(value == null ? known : null, from);
    }

    public boolean isKnown() {
      return value != null;
    }

    /**
     * Returns the value of this part.
     *
     * @throws ModelException if it is not known
     */
    public T get() {
      if (value == null) {
        throw new ModelException(
            "the " + name + " of the classifier is not known from its files; expected " + option);
      }
      return value;
    }

    private String line() {
      return String.format(Locale.ROOT, "  %-13s %s (%s)", name, text.apply(value), source);
    }
  }

  private PackagingPlan() {}

  /**
   * Looks at a classifier: an ONNX file, or the folder of an export with the files beside it.
   * Weights in other files are read in.
   *
   * @throws ModelException if there is no classifier, or a file beside it is damaged
   */
  public static PackagingPlan of(Path classifier) {
    PackagingPlan plan = new PackagingPlan();
    plan.open(Files.isDirectory(classifier) ? ExportFolder.modelIn(classifier) : classifier);
    if (Files.isDirectory(classifier)) {
      ExportFolder.read(classifier, plan);
    }
    return plan;
  }

  private void open(Path onnx) {
    file = onnx;
    model = ModelFile.openWhole(onnx);
    GraphProto graph = model.proto().getGraph();
    Set<String> weights =
        graph.getInitializerList().stream().map(TensorProto::getName).collect(Collectors.toSet());
    graph.getInputList().stream()
        .filter(input -> !weights.contains(input.getName()))
        .findFirst()
        .ifPresent(this::look);
  }

  /** Takes layout and size from the shape of the input. */
  private void look(ValueInfoProto input) {
    List<Dimension> sides = input.getType().getTensorType().getShape().getDimList();
    if (sides.size() != 4) {
      return;
    }
    String source = "shape of input " + Inspector.text(input);
    boolean first = isChannels(sides.get(1));
    if (first != isChannels(sides.get(3))) {
      layout.set(first ? Layout.NCHW : Layout.NHWC, source);
      long height = sides.get(first ? 2 : 1).getDimValue();
      long width = sides.get(first ? 3 : 2).getDimValue();
      if (height > 0 && width > 0) {
        size.set(new InputSize((int) width, (int) height), source);
      }
    }
  }

  private static boolean isChannels(Dimension side) {
    return side.getDimValue() == 3 || side.getDimParam().contains("channel");
  }

  public Path file() {
    return file;
  }

  public Setting<Layout> layout() {
    return layout;
  }

  public Setting<InputSize> size() {
    return size;
  }

  public Setting<Double> scale() {
    return scale;
  }

  public Setting<List<Double>> mean() {
    return mean;
  }

  public Setting<List<Double>> std() {
    return std;
  }

  public Setting<Boolean> blueFirst() {
    return blueFirst;
  }

  public Setting<String> resize() {
    return resize;
  }

  public Setting<Double> cropPct() {
    return cropPct;
  }

  public Setting<String> interpolation() {
    return interpolation;
  }

  public Setting<List<String>> labels() {
    return labels;
  }

  public Setting<Result> result() {
    return result;
  }

  /** Packages by the values known now; the rest by the defaults of {@code model package}. */
  public Packager.Packaged packaged(String name, String version) {
    scale.setDefault(1.0 / 255, DEFAULT);
    mean.setDefault(List.of(0.0), DEFAULT);
    std.setDefault(List.of(1.0), DEFAULT);
    blueFirst.setDefault(false, DEFAULT);
    resize.setDefault(PackageMetadata.RESIZE, DEFAULT);
    cropPct.setDefault(1.0, DEFAULT);
    interpolation.setDefault(PackageMetadata.INTERPOLATION, DEFAULT);
    return Packager.wrap(
        model,
        new Packaging(
            layout.get(),
            size.get(),
            new Normalisation(scale.get(), mean.get(), std.get()),
            blueFirst.get(),
            result.isKnown() ? result.get() : Result.MEASURED,
            new PackageMetadata(
                name, version, labels.get(), resize.get(), cropPct.get(), interpolation.get())));
  }

  /** Returns a line for each value that is known, with its source. */
  public List<String> lines() {
    Stream<Setting<?>> all =
        Stream.of(
            layout,
            size,
            scale,
            mean,
            std,
            blueFirst,
            resize,
            cropPct,
            interpolation,
            labels,
            result);
    return all.filter(Setting::isKnown).map(Setting::line).toList();
  }

  /**
   * Returns the classes of the output, by number: for callers to whom their names do not matter
   * yet.
   */
  public List<String> numberedClasses() {
    int classes = Packager.classes(model);
    if (classes < 1) {
      throw new ModelException(
          "the output of "
              + file
              + " does not say how many classes it has; expected labels.txt beside it, with a name"
              + " for each");
    }
    return IntStream.range(0, classes).mapToObj(index -> "class-" + index).toList();
  }

  private static String scaleText(double scale) {
    return Math.abs(scale * 255 - 1) < 1e-6 ? "1/255" : String.valueOf((float) scale);
  }

  private static String labelsText(List<String> labels) {
    String first = String.join(", ", labels.subList(0, Math.min(SHOWN_LABELS, labels.size())));
    return labels.size() + ": " + first + (labels.size() > SHOWN_LABELS ? ", ..." : "");
  }
}
