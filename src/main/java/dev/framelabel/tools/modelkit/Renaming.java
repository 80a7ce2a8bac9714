package dev.framelabel.tools.modelkit;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.framelabel.model.ModelMetadata;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Renaming of what would clash with the nodes and values that packaging adds. */
final class Renaming {
  private final Map<String, String> names = new TreeMap<>();

  private Renaming() {}

  /** Returns the graph without names that are ours; the same graph where there are none. */
  static GraphProto withoutOurNames(GraphProto graph) {
    Set<String> used = new HashSet<>();
    collect(graph, used);
    Renaming renaming = new Renaming();
    for (String name : new TreeSet<>(used)) {
      if (isOurs(name)) {
        String other = "original/" + name;
        while (!used.add(other)) {
          other += "_";
        }
        renaming.names.put(name, other);
      }
    }
    return renaming.names.isEmpty() ? graph : renaming.apply(graph);
  }

  private static boolean isOurs(String name) {
    return name.equals(ModelMetadata.INPUT)
        || name.equals(ModelMetadata.OUTPUT)
        || name.startsWith(Wrapping.PREFIX);
  }

  private static void collect(GraphProto graph, Set<String> used) {
    graph.getInputList().forEach(value -> used.add(value.getName()));
    graph.getOutputList().forEach(value -> used.add(value.getName()));
    graph.getInitializerList().forEach(tensor -> used.add(tensor.getName()));
    graph.getSparseInitializerList().forEach(t -> used.add(t.getValues().getName()));
    for (NodeProto node : graph.getNodeList()) {
      used.add(node.getName());
      used.addAll(node.getInputList());
      used.addAll(node.getOutputList());
      for (AttributeProto attribute : node.getAttributeList()) {
        attribute.getGraphsList().forEach(inner -> collect(inner, used));
        if (attribute.hasG()) {
          collect(attribute.getG(), used);
        }
      }
    }
  }

  private String name(String name) {
    return names.getOrDefault(name, name);
  }

  private GraphProto apply(GraphProto graph) {
    GraphProto.Builder out = graph.toBuilder();
    out.clearNode();
    graph.getNodeList().forEach(node -> out.addNode(apply(node)));
    out.getInitializerBuilderList().forEach(tensor -> tensor.setName(name(tensor.getName())));
    out.getSparseInitializerBuilderList()
        .forEach(t -> t.getValuesBuilder().setName(name(t.getValues().getName())));
    for (List<ValueInfoProto.Builder> values :
        List.of(
            out.getInputBuilderList(), out.getOutputBuilderList(), out.getValueInfoBuilderList())) {
      values.forEach(value -> value.setName(name(value.getName())));
    }
    out.getQuantizationAnnotationBuilderList()
        .forEach(note -> note.setTensorName(name(note.getTensorName())));
    return out.build();
  }

  private NodeProto apply(NodeProto node) {
    NodeProto.Builder out = node.toBuilder().setName(name(node.getName()));
    for (int i = 0; i < node.getInputCount(); i++) {
      out.setInput(i, name(node.getInput(i)));
    }
    for (int i = 0; i < node.getOutputCount(); i++) {
      out.setOutput(i, name(node.getOutput(i)));
    }
    for (AttributeProto.Builder attribute : out.getAttributeBuilderList()) {
      if (attribute.hasG()) {
        attribute.setG(apply(attribute.getG()));
      }
      for (int i = 0; i < attribute.getGraphsCount(); i++) {
        attribute.setGraphs(i, apply(attribute.getGraphs(i)));
      }
    }
    return out.build();
  }
}
