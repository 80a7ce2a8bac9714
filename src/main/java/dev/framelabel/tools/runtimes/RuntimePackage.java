package dev.framelabel.tools.runtimes;

import java.util.List;

/**
 * A package with the libraries of a plug-in execution provider.
 *
 * @param name of the provider, as {@code --device} has it
 * @param version of the package
 * @param project on the package index
 * @param wheel name of its file
 * @param sha256 of that file: 64 lower-case hexadecimal digits
 * @param bytes of that file
 * @param folder in it, with the libraries
 */
public record RuntimePackage(
    String name,
    String version,
    String project,
    String wheel,
    String sha256,
    long bytes,
    String folder) {
  /** The packages that can be installed. */
  public static final List<RuntimePackage> ALL =
      List.of(
          new RuntimePackage(
              "openvino",
              "1.8.1",
              "onnxruntime-ep-openvino",
              "onnxruntime_ep_openvino-1.8.1-py3-none-manylinux_2_28_x86_64.whl",
              "3832643158c8c187fcab6db661cde2a8c06a2b3559d95d0f2411ac0e51c5e924",
              52_587_628,
              "onnxruntime_ep_openvino/"));

  /**
   * @throws IllegalArgumentException if there is none of this name
   */
  public static RuntimePackage named(String name) {
    return ALL.stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "execution provider '"
                        + name
                        + "' cannot be installed; expected one of "
                        + ALL.stream().map(RuntimePackage::name).toList()));
  }
}
