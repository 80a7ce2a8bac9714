package dev.framelabel.tools.modelkit;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.framelabel.model.ModelMetadata;
import dev.framelabel.tools.modelkit.ModelFacts.Block;
import dev.framelabel.tools.modelkit.ModelFacts.MetadataFacts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Counter of what a model holds. */
final class Inspector {
  private final GraphProto graph;
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final MacCounter macs;

  private Inspector(ModelProto model) {
    graph = model.getGraph();
    for (StringStringEntryProto entry : model.getMetadataPropsList()) {
      metadata.put(entry.getKey(), entry.getValue());
    }
    macs = MacCounter.count(graph);
  }

  static ModelFacts inspect(ModelProto model) {
    Inspector inspector = new Inspector(model);
    Set<String> statisticNames = inspector.statisticNames();
    long stored = 0;
    long statistics = 0;
    for (TensorProto tensor : weights(inspector.graph)) {
      stored += count(tensor);
      statistics += statisticNames.contains(tensor.getName()) ? count(tensor) : 0;
    }
    List<Block> blocks = inspector.blocks();
    boolean known = !blocks.isEmpty();
    return new ModelFacts(
        inspector.metadata(),
        inspector.graph.getInputList().stream().map(Inspector::text).toList(),
        inspector.graph.getOutputList().stream().map(Inspector::text).toList(),
        opset(model),
        inspector.precision(),
        stored,
        known ? blocks.stream().mapToLong(Block::trainable).sum() : stored - statistics,
        known ? blocks.stream().mapToLong(Block::statistics).sum() : statistics,
        known && inspector.macs.obstacle().isEmpty() ? macs(blocks) : macs(inspector.macs),
        inspector.macs.obstacle(),
        blocks);
  }

  private static OptionalLong macs(List<Block> blocks) {
    return OptionalLong.of(blocks.stream().mapToLong(Block::macs).sum());
  }

  private static OptionalLong macs(MacCounter counter) {
    return counter.obstacle().isEmpty()
        ? OptionalLong.of(counter.byNode().values().stream().mapToLong(Long::longValue).sum())
        : OptionalLong.empty();
  }

  static long opset(ModelProto model) {
    return model.getOpsetImportList().stream()
        .filter(set -> set.getDomain().isEmpty() || set.getDomain().equals("ai.onnx"))
        .mapToLong(OperatorSetIdProto::getVersion)
        .max()
        .orElse(0);
  }

  /**
   * Returns the floating-point tensors of a graph, those in Constant nodes too; ours around it left
   * out.
   */
  private static List<TensorProto> weights(GraphProto graph) {
    List<TensorProto> all = new ArrayList<>();
    graph.getInitializerList().stream().filter(Inspector::isFloat).forEach(all::add);
    for (NodeProto node : graph.getNodeList()) {
      if (node.getOpType().equals("Constant") && !node.getName().startsWith(Wrapping.PREFIX)) {
        node.getAttributeList().stream()
            .filter(attribute -> attribute.hasT() && isFloat(attribute.getT()))
            .map(attribute -> attribute.getT().toBuilder().setName(node.getOutput(0)).build())
            .forEach(all::add);
      }
    }
    return all;
  }

  private static boolean isFloat(TensorProto tensor) {
    return switch (tensor.getDataType()) {
      case DataType.FLOAT_VALUE,
          DataType.FLOAT16_VALUE,
          DataType.DOUBLE_VALUE,
          DataType.BFLOAT16_VALUE ->
          true;
      default -> false;
    };
  }

  private static long count(TensorProto tensor) {
    return tensor.getDimsList().stream().reduce(1L, (a, b) -> a * b);
  }

  private Set<String> statisticNames() {
    Set<String> names = new HashSet<>();
    for (NodeProto node : graph.getNodeList()) {
      if (node.getOpType().equals("BatchNormalization") && node.getInputCount() >= 5) {
        names.addAll(node.getInputList().subList(3, 5));
      }
    }
    return names;
  }

  private String precision() {
    List<Integer> types = weights(graph).stream().map(TensorProto::getDataType).distinct().toList();
    if (types.equals(List.of(DataType.FLOAT16_VALUE))) {
      return "fp16";
    }
    return types.equals(List.of(DataType.FLOAT_VALUE)) ? "fp32" : "mixed";
  }

  private MetadataFacts metadata() {
    return new MetadataFacts(
        metadata.getOrDefault(ModelMetadata.NAME_KEY, ""),
        metadata.getOrDefault(ModelMetadata.VERSION_KEY, ""),
        metadata.getOrDefault(ModelMetadata.LABELS_KEY, ""),
        metadata.getOrDefault(ModelMetadata.TASK_KEY, ""),
        metadata.getOrDefault(ModelMetadata.RESIZE_KEY, ""),
        metadata.getOrDefault(ModelMetadata.CROP_PCT_KEY, ""),
        metadata.getOrDefault(ModelMetadata.INTERPOLATION_KEY, ""),
        metadata.getOrDefault(ModelMetadata.SAMPLES_KEY, ""),
        NetworkNote.read(metadata).map(note -> "Xception, " + note.toText()).orElse(""));
  }

  /**
   * Returns the table of a network that was built here, counted from its tensors: a folded bias
   * stands for a scale, a shift, a mean and a variance. What {@link Alignment} added is not
   * counted.
   */
  private List<Block> blocks() {
    Optional<NetworkNote> note = NetworkNote.read(metadata);
    if (note.isEmpty()) {
      return List.of();
    }
    Map<String, TensorProto> stored = new LinkedHashMap<>();
    graph.getInitializerList().forEach(tensor -> stored.put(tensor.getName(), tensor));
    Map<String, Block> blocks = new LinkedHashMap<>();
    for (Unit unit : note.get().architecture().units()) {
      blocks.merge(unit.block(), block(unit, stored), Inspector::sum);
    }
    return List.copyOf(blocks.values());
  }

  private Block block(Unit unit, Map<String, TensorProto> stored) {
    boolean folded = unit.kind() != Unit.Kind.DENSE;
    long bias = own(stored.get(unit.name() + "/bias"), List.of(unit.out()));
    long trainable = folded ? 2 * bias : bias;
    long cost = 0;
    for (Parameter parameter : unit.parameters()) {
      TensorProto kernel = stored.get(parameter.name().replace('.', '/'));
      if (parameter.shape().size() > 1 && kernel != null) {
        long own = own(kernel, parameter.shape());
        String node =
            parameter.name().endsWith(".depthwise") ? unit.name() + "_depthwise" : unit.name();
        trainable += own;
        cost += macs.byNode().getOrDefault(node, 0L) / count(kernel) * own;
      }
    }
    return new Block(unit.block(), trainable, folded ? 2 * bias : 0, cost);
  }

  /** Returns how many of a tensor's numbers are the layer's own. */
  private static long own(TensorProto tensor, List<Integer> shape) {
    if (tensor == null || tensor.getDimsCount() != shape.size()) {
      return 0;
    }
    long numbers = 1;
    for (int axis = 0; axis < shape.size(); axis++) {
      numbers *= Math.min(tensor.getDims(axis), shape.get(axis));
    }
    return numbers;
  }

  private static Block sum(Block a, Block b) {
    return new Block(
        a.name(),
        a.trainable() + b.trainable(),
        a.statistics() + b.statistics(),
        a.macs() + b.macs());
  }

  /** Returns name, type and shape, as in {@code frames: uint8 [N, 299, 299, 3]}. */
  static String text(ValueInfoProto value) {
    var tensor = value.getType().getTensorType();
    DataType type = DataType.forNumber(tensor.getElemType());
    List<String> shape =
        tensor.getShape().getDimList().stream()
            .map(
                side ->
                    side.hasDimValue()
                        ? String.valueOf(side.getDimValue())
                        : side.getDimParam().isEmpty() ? "?" : side.getDimParam())
            .toList();
    String typeName = type == null ? "?" : type.name().toLowerCase(Locale.ROOT);
    return "%s: %s %s"
        .formatted(
            value.getName(),
            typeName.equals("float") ? "float32" : typeName,
            tensor.hasShape() ? shape : "of unknown shape");
  }
}
