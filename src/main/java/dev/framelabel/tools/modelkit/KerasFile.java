package dev.framelabel.tools.modelkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.framelabel.model.ModelException;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A file that Keras saved, whichever of its layouts: HDF5 as of Keras 1 and 2 (attributes {@code
 * layer_names} and {@code weight_names}, at the root or under {@code model_weights} of a whole
 * model), or {@code .weights.h5} of Keras 3 (groups {@code vars}), alone or in a {@code .keras}
 * file.
 *
 * @param layers those that have weights, in the file's order; of a {@code .weights.h5} in the order
 *     of their numbers
 * @param numbered whether layers are named by class and number, not as in the model
 * @param config the model's own description; missing in a file of weights alone
 */
record KerasFile(List<Layer> layers, boolean numbered, JsonNode config) {
  private static final int LARGEST_TENSOR = 1 << 28;
  private static final byte[] ZIP = {'P', 'K', 3, 4};
  private static final long LARGEST_WEIGHTS = 2L << 30;
  private static final int DEEPEST_MODEL = 16;
  private static final int LARGEST_CONFIG = 16 << 20;
  private static final Set<Class<?>> INTEGERS = Set.of(int.class, long.class);
  private static final JsonMapper JSON = new JsonMapper();
  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.weights.h5";

  /**
   * A layer and its tensors in Keras' order and layout.
   *
   * @param name behind that of each model within the model that holds it, with slashes
   */
  record Layer(String name, List<Tensor> tensors) {}

  /**
   * Reads the file.
   *
   * @throws ModelException if it is missing, no HDF5 or zip of one, damaged or not saved by Keras
   */
  static KerasFile read(Path file) {
    return read(file, LARGEST_WEIGHTS);
  }

  /**
   * Reads the file.
   *
   * @param largest bytes that the weights of a {@code .keras} file may unpack to
   */
  static KerasFile read(Path file, long largest) {
    if (!Files.isRegularFile(file)) {
      throw new ModelException("weights file " + file + " is not there");
    }
    return isZip(file) ? readZip(file, largest) : readHdf(file, file.toString());
  }

  private static boolean isZip(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(ZIP.length), ZIP);
    } catch (IOException e) {
      throw new ModelException("weights file " + file + " cannot be read: " + e, e);
    }
  }

  /** Reads a {@code .keras} file: its weights are the same as in a {@code .weights.h5} file. */
  private static KerasFile readZip(Path file, long largest) {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      ZipEntry weights = zip.getEntry(WEIGHTS);
      if (weights == null) {
        throw new ModelException(
            "weights file "
                + file
                + " is a zip file without "
                + WEIGHTS
                + "; expected a .keras file saved by Keras 3");
      }
      Path unpacked = Files.createTempFile("framelabel-", ".h5");
      try (ReadableByteChannel in = Channels.newChannel(zip.getInputStream(weights));
          FileChannel out = FileChannel.open(unpacked, StandardOpenOption.WRITE)) {
        // The size in the zip file's header may be false.
        if (out.transferFrom(in, 0, largest + 1) > largest) {
          throw new ModelException(
              "weights file %s: %s unpacks to more than %s bytes; expected the weights of an Xception"
                  .formatted(file, WEIGHTS, largest));
        }
        KerasFile alone = readHdf(unpacked, WEIGHTS + " in " + file);
        return new KerasFile(alone.layers, alone.numbered, config(zip));
      } finally {
        Files.delete(unpacked);
      }
    } catch (IOException e) {
      throw new ModelException(
          "weights file " + file + " is a .keras file that is cut or damaged: " + e, e);
    }
  }

  private static JsonNode config(ZipFile zip) throws IOException {
    ZipEntry entry = zip.getEntry(CONFIG);
    if (entry == null) {
      return MissingNode.getInstance();
    }
    try (InputStream in = zip.getInputStream(entry)) {
      return JSON.readTree(in.readNBytes(LARGEST_CONFIG));
    }
  }

  /**
   * @param name of the file for people, who do not know a temporary one
   */
  private static KerasFile readHdf(Path file, String name) {
    try (HdfFile hdf = new HdfFile(file)) {
      Attribute config = hdf.getAttribute("model_config");
      return layers(
          hdf,
          name,
          config == null
              ? MissingNode.getInstance()
              : JSON.readTree(trimmed(String.valueOf(config.getData()))));
    } catch (ModelException e) {
      throw e;
    } catch (RuntimeException | JsonProcessingException | OutOfMemoryError e) {
      // The HDF5 reader throws many kinds of exceptions at damage.
      throw new ModelException(
          "weights file %s is no readable HDF5 file, it is cut or damaged: %s; expected a .h5 file saved by Keras"
              .formatted(name, e.toString().replace(file.toString(), name)),
          e);
    }
  }

  private static KerasFile layers(HdfFile hdf, String name, JsonNode config) {
    if (hdf.getAttribute("layer_names") != null || hdf.getAttribute("layer_names0") != null) {
      return new KerasFile(byAttributes(hdf), false, config);
    }
    if (hdf.getChild("model_weights") instanceof Group whole) {
      return new KerasFile(byAttributes(whole), false, config);
    }
    List<Layer> numbered = new ArrayList<>();
    byVariables(hdf, "", numbered, new HashSet<>());
    if (!numbered.isEmpty()) {
      return new KerasFile(List.copyOf(numbered), true, config);
    }
    throw new ModelException(
        ("weights file %s is HDF5, but not saved by Keras: found %s; expected attribute"
                + " layer_names, or group model_weights or layers")
            .formatted(name, hdf.getChildren().keySet()));
  }

  private static List<Layer> byAttributes(Group root) {
    List<Layer> layers = new ArrayList<>();
    for (String name : names(root, "layer_names")) {
      if (!(root.getChild(name) instanceof Group group)) {
        throw new ModelException("layer " + name + " is named, but has no group in the file");
      }
      Map<String, List<Tensor>> inner = new LinkedHashMap<>();
      for (String weight : names(group, "weight_names")) {
        if (isFloat(group.getByPath(weight))) {
          inner
              .computeIfAbsent(path(name, weight), path -> new ArrayList<>())
              .add(tensor(group.getByPath(weight)));
        }
      }
      inner.forEach((path, tensors) -> layers.add(new Layer(path, List.copyOf(tensors))));
    }
    return layers;
  }

  /** Returns a layer's path, by the name of its weights: {@code block1_conv1/kernel:0}. */
  private static String path(String layer, String weight) {
    int end = weight.lastIndexOf('/');
    String own = end < 0 ? layer : weight.substring(weight.lastIndexOf('/', end - 1) + 1, end);
    return own.equals(layer) ? layer : layer + "/" + own;
  }

  /** Returns false for the state of random numbers, which layers for augmentation keep. */
  private static boolean isFloat(Node node) {
    return !(node instanceof Dataset dataset) || !INTEGERS.contains(dataset.getJavaType());
  }

  /** Returns a list attribute; Keras cuts long ones into name0, name1 and so on. */
  private static List<String> names(Node node, String name) {
    Attribute whole = node.getAttribute(name);
    if (whole != null) {
      return texts(whole);
    }
    List<String> all = new ArrayList<>();
    for (int part = 0; node.getAttribute(name + part) != null; part++) {
      all.addAll(texts(node.getAttribute(name + part)));
    }
    return all;
  }

  private static List<String> texts(Attribute attribute) {
    if (attribute.getSize() == 0) {
      return List.of();
    }
    return attribute.getData() instanceof String[] texts
        ? Arrays.stream(texts).map(KerasFile::trimmed).toList()
        : List.of();
  }

  private static String trimmed(String text) {
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }

  /**
   * Adds the layers of a model, and of the models within it.
   *
   * @param seen addresses of all layers so far: links of HDF5 may form a cycle, or lead to one
   *     group in more ways than can be followed
   */
  private static void byVariables(Group model, String prefix, List<Layer> layers, Set<Long> seen) {
    if (prefix.chars().filter(c -> c == '/').count() > DEEPEST_MODEL) {
      throw new ModelException(
          "models within models are more than %s deep at %s; expected a file saved by Keras"
              .formatted(DEEPEST_MODEL, prefix));
    }
    for (String list : List.of("layers", "_layer_checkpoint_dependencies")) {
      if (model.getChild(list) instanceof Group group) {
        List<Group> own = new ArrayList<>();
        group.forEach(node -> own.add((Group) node));
        own.sort(Comparator.comparingInt(layer -> number(layer.getName())));
        for (Group layer : own) {
          if (!seen.add(layer.getAddress())) {
            throw new ModelException(
                "layer %s is linked more than once in the file; expected a file saved by Keras"
                    .formatted(prefix + layer.getName()));
          }
          addVariables(layer, prefix + layer.getName(), layers);
          byVariables(layer, prefix + layer.getName() + "/", layers, seen);
        }
      }
    }
  }

  private static void addVariables(Group layer, String name, List<Layer> layers) {
    List<Tensor> tensors = new ArrayList<>();
    if (layer.getChild("vars") instanceof Group variables) {
      while (variables.getChild(String.valueOf(tensors.size())) instanceof Dataset dataset) {
        tensors.add(tensor(dataset));
      }
    }
    if (!tensors.isEmpty()) {
      layers.add(new Layer(name, List.copyOf(tensors)));
    }
  }

  /** Returns the number in a name: 7 of {@code conv2d_7}, 0 of {@code conv2d}. */
  private static int number(String name) {
    String digits = name.substring(name.lastIndexOf('_') + 1);
    boolean numbered = !digits.isEmpty() && digits.length() < 6;
    return numbered && digits.chars().allMatch(Character::isDigit) ? Integer.parseInt(digits) : 0;
  }

  private static Tensor tensor(Node node) {
    if (!(node instanceof Dataset dataset)) {
      throw new ModelException(node.getPath() + " is a group; expected numbers");
    }
    if (dataset.getSize() > LARGEST_TENSOR) {
      throw new ModelException(
          dataset.getPath() + " says it holds " + dataset.getSize() + " numbers; that is too many");
    }
    List<Integer> shape = Arrays.stream(dataset.getDimensions()).boxed().toList();
    Object data = dataset.getDataFlat();
    if (data instanceof float[] floats) {
      return new Tensor(shape, floats);
    }
    if (data instanceof double[] doubles) {
      float[] floats = new float[doubles.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) doubles[i];
      }
      return new Tensor(shape, floats);
    }
    throw new ModelException(
        dataset.getPath() + " holds " + dataset.getJavaType() + "; expected float or double");
  }
}
