package dev.framelabel.tools.modelkit;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.framelabel.model.ModelException;

/** Refuses models whose weights lie in other files: a label model is one file. */
final class SingleFileCheck {
  private SingleFileCheck() {}

  /**
   * @throws ModelException if a tensor of the graph, or of a graph within it, lies elsewhere
   */
  static void refuse(GraphProto graph) {
    graph.getInitializerList().forEach(SingleFileCheck::refuse);
    graph.getSparseInitializerList().forEach(sparse -> refuse(sparse.getValues()));
    for (NodeProto node : graph.getNodeList()) {
      for (AttributeProto attribute : node.getAttributeList()) {
        refuse(attribute.getT());
        attribute.getTensorsList().forEach(SingleFileCheck::refuse);
        refuse(attribute.getG());
        attribute.getGraphsList().forEach(SingleFileCheck::refuse);
      }
    }
  }

  private static void refuse(TensorProto tensor) {
    if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL
        || tensor.getExternalDataCount() > 0) {
      String where =
          tensor.getExternalDataList().stream()
              .filter(entry -> entry.getKey().equals("location"))
              .map(entry -> "'" + entry.getValue() + "'")
              .findFirst()
              .orElse("another file");
      throw new ModelException(
          ("tensor %s of the model lies in %s; expected a model that is one file. With Python:"
                  + " onnx.save(onnx.load(\"model.onnx\"), \"whole.onnx\")")
              .formatted(tensor.getName(), where));
    }
  }
}
