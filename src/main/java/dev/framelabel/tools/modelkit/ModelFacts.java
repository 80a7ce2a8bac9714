package dev.framelabel.tools.modelkit;

import java.util.List;
import java.util.OptionalLong;

/**
 * Content of an ONNX file.
 *
 * @param metadata name, version, labels and so on by the keys of the label-model contract; empty
 *     texts where the file says nothing
 * @param inputs names, types and shapes
 * @param outputs names, types and shapes
 * @param opset version of the default operator set
 * @param precision {@code fp32}, {@code fp16} or {@code mixed}: of the stored weights
 * @param storedNumbers floating-point numbers in the file
 * @param trainable numbers that training changes; more than are stored where batch normalisation is
 *     folded and the network is known
 * @param statistics means and variances of batch normalisation
 * @param macs multiply-accumulates for one picture; empty where a shape cannot be told
 * @param note why there are no {@code macs}, else empty
 * @param blocks by part of the network; empty for networks that were not built here
 */
public record ModelFacts(
    MetadataFacts metadata,
    List<String> inputs,
    List<String> outputs,
    long opset,
    String precision,
    long storedNumbers,
    long trainable,
    long statistics,
    OptionalLong macs,
    String note,
    List<Block> blocks) {
  /** Metadata of the file. */
  public record MetadataFacts(
      String name,
      String version,
      String labels,
      String task,
      String resize,
      String cropPct,
      String interpolation,
      String samples,
      String network) {}

  /** One part of the network. */
  public record Block(String name, long trainable, long statistics, long macs) {}

  public ModelFacts {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    blocks = List.copyOf(blocks);
  }
}
