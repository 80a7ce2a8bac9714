package dev.framelabel.tools.modelkit;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.framelabel.model.ModelException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Reader of weights that lie in files beside a model, into the model. */
final class ExternalData {
  private final Path folder;
  private final long most;
  private long bytes;

  private ExternalData(Path folder, long most) {
    this.folder = folder;
    this.most = most;
  }

  /**
   * Returns the model with all weights inside.
   *
   * @throws ModelException if a file is not below the folder, is too short, or the whole exceeds
   *     the 2 GB that an ONNX file can have
   */
  static ModelProto readIn(ModelProto model, Path folder) {
    ExternalData data =
        new ExternalData(folder, (long) Integer.MAX_VALUE - model.getSerializedSize());
    ModelProto.Builder whole = model.toBuilder();
    data.readInto(whole.getGraphBuilder());
    return whole.build();
  }

  private void readInto(GraphProto.Builder graph) {
    graph.getInitializerBuilderList().forEach(this::readInto);
    graph.getSparseInitializerBuilderList().forEach(this::readInto);
    for (NodeProto.Builder node : graph.getNodeBuilderList()) {
      for (AttributeProto.Builder attribute : node.getAttributeBuilderList()) {
        readInto(attribute);
      }
    }
  }

  private void readInto(SparseTensorProto.Builder sparse) {
    readInto(sparse.getValuesBuilder());
    readInto(sparse.getIndicesBuilder());
  }

  private void readInto(AttributeProto.Builder attribute) {
    if (attribute.hasT()) {
      readInto(attribute.getTBuilder());
    }
    if (attribute.hasG()) {
      readInto(attribute.getGBuilder());
    }
    if (attribute.hasSparseTensor()) {
      readInto(attribute.getSparseTensorBuilder());
    }
    attribute.getTensorsBuilderList().forEach(this::readInto);
    attribute.getGraphsBuilderList().forEach(this::readInto);
    attribute.getSparseTensorsBuilderList().forEach(this::readInto);
  }

  private void readInto(TensorProto.Builder tensor) {
    if (tensor.getDataLocation() != TensorProto.DataLocation.EXTERNAL
        && tensor.getExternalDataCount() == 0) {
      return;
    }
    Map<String, String> place =
        tensor.getExternalDataList().stream()
            .collect(
                Collectors.toMap(
                    StringStringEntryProto::getKey,
                    StringStringEntryProto::getValue,
                    (one, other) -> other,
                    TreeMap::new));
    String location = place.getOrDefault("location", "");
    Path file = folder.resolve(location).normalize();
    if (location.isEmpty() || Path.of(location).isAbsolute() || !file.startsWith(folder)) {
      throw new ModelException(
          "tensor "
              + tensor.getName()
              + " of the model lies in '"
              + location
              + "'; expected a file below "
              + folder);
    }
    tensor
        .setRawData(ByteString.copyFrom(read(file, tensor.getName(), place)))
        .clearExternalData()
        .clearDataLocation();
  }

  private byte[] read(Path file, String tensor, Map<String, String> place) {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      long offset = Long.parseLong(place.getOrDefault("offset", "0"));
      long length =
          Long.parseLong(place.getOrDefault("length", String.valueOf(in.length() - offset)));
      if (offset < 0 || length < 0 || length > in.length() - offset) {
        throw new ModelException(
            "tensor "
                + tensor
                + " is bytes "
                + offset
                + " to "
                + (offset + length)
                + " of "
                + file
                + ", which has "
                + in.length()
                + "; expected the whole file. Copy it again");
      }
      bytes += length;
      if (bytes > most) {
        throw new ModelException(
            "the model has more than 2 GB with its weights; expected less, as one ONNX file holds."
                + " Export it in half precision");
      }
      byte[] data = new byte[(int) length];
      in.seek(offset);
      in.readFully(data);
      return data;
    } catch (NumberFormatException e) {
      throw new ModelException("tensor " + tensor + " has no place in " + file + ": " + place, e);
    } catch (IOException e) {
      throw new ModelException(
          "weights file " + file + " of tensor " + tensor + " cannot be read: " + e, e);
    }
  }
}
