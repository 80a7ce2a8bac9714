package dev.framelabel.tools.modelkit;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.ModelFileCheck;
import dev.framelabel.model.ModelMetadata;
import dev.framelabel.model.OnnxLabelModel;
import dev.framelabel.model.Sample;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** An ONNX model in memory. Immutable. */
public final class ModelFile {
  private final ModelProto model;
  private final String sha256;
  private final long bytes;

  ModelFile(ModelProto model) {
    this(model, "", model.getSerializedSize());
  }

  private ModelFile(ModelProto model, String sha256, long bytes) {
    this.model = model;
    this.sha256 = sha256;
    this.bytes = bytes;
  }

  /**
   * Reads a model that is one file.
   *
   * @throws ModelException if it is missing, no ONNX, damaged, or has data in other files
   */
  public static ModelFile open(Path file) {
    ModelFileCheck.refuse(file);
    return read(file);
  }

  /**
   * Reads a model together with the weights that lie in files beside it.
   *
   * @throws ModelException as {@link #open}, or if such a file is missing or too short
   */
  static ModelFile openWhole(Path file) {
    ModelFile model = read(file);
    Path folder = file.toAbsolutePath().normalize().getParent();
    return new ModelFile(ExternalData.readIn(model.model, folder), model.sha256, model.bytes);
  }

  private static ModelFile read(Path file) {
    String sha256 = OnnxLabelModel.sha256(file);
    try (InputStream in = Files.newInputStream(file)) {
      CodedInputStream coded = CodedInputStream.newInstance(in);
      coded.setSizeLimit(Integer.MAX_VALUE);
      ModelProto model = ModelProto.parseFrom(coded);
      if (!model.hasGraph() || model.getGraph().getNodeCount() == 0) {
        throw new ModelException(
            "model file " + file + " is no ONNX model: it has no graph, or one without nodes");
      }
      return new ModelFile(model, sha256, Files.size(file));
    } catch (InvalidProtocolBufferException e) {
      throw new ModelException(
          "model file " + file + " is no ONNX model, or cut or damaged: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new ModelException("model file " + file + " cannot be read: " + e, e);
    }
  }

  /** Returns whether the file's metadata is that of a label model. */
  public static boolean isLabelModel(Path file) {
    return read(file).model.getMetadataPropsList().stream()
        .anyMatch(entry -> entry.getKey().equals(ModelMetadata.LABELS_KEY));
  }

  ModelProto proto() {
    return model;
  }

  /**
   * Returns the same model in half precision inside, float32 at its ends. Only for models that were
   * built, imported or packaged here.
   *
   * @throws ModelException if it holds what has no simple form in half precision
   */
  public ModelFile inHalfPrecision() {
    return new ModelFile(HalfPrecision.of(model));
  }

  /** Returns the same model with these sample pictures. */
  public ModelFile with(List<Sample> samples) {
    ModelProto.Builder changed = model.toBuilder();
    PackageMetadata.put(changed, ModelMetadata.SAMPLES_KEY, Sample.toJson(samples));
    return new ModelFile(changed.build());
  }

  /**
   * Returns the SHA-256 of the file, in lower-case hexadecimal digits; empty for a model made here.
   */
  public String sha256() {
    return sha256;
  }

  /** Returns the size of the file. */
  public long bytes() {
    return bytes;
  }

  /**
   * Returns the file's metadata and the graph's content.
   *
   * @throws ModelException if the graph contradicts itself, as that of a damaged file may
   */
  public ModelFacts facts() {
    try {
      return Inspector.inspect(model);
    } catch (ArithmeticException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new ModelException(
          "the model is damaged: a node or tensor contradicts itself; export it again: " + e, e);
    }
  }

  /**
   * Saves a temporary file of the model for a reader; the file is there for no longer than that.
   */
  public <T> T whileSaved(Function<Path, T> reader) {
    try {
      Path file = Files.createTempFile("framelabel-", ".onnx");
      try {
        save(file, written -> {});
        return reader.apply(file);
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new ModelException("a temporary file cannot be written: " + e, e);
    }
  }

  /**
   * Writes the file whole or not at all.
   *
   * @param check sees the finished file under another name before it gets its own; throws if it is
   *     not to be kept
   * @throws ModelException if the file cannot be written
   */
  public void save(Path file, Consumer<Path> check) {
    AtomicFile.write(file, model::writeTo, check);
  }
}
