package dev.framelabel;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Reads the files under {@code docker/} and {@code deploy/}; the tests run in the repository's
 * root.
 */
public final class DeploymentFiles {
  static final Path COMPOSE = Path.of("docker/compose.yaml");
  static final Path IMAGE_SETTINGS = Path.of("docker/flink-settings.yaml");
  private static final YAMLMapper YAML = new YAMLMapper();

  private DeploymentFiles() {}

  /** The compose file with its anchors and merge keys resolved. */
  public static JsonNode compose() {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    Object tree = new Yaml(new SafeConstructor(options)).load(read(COMPOSE));
    return new ObjectMapper().valueToTree(tree);
  }

  /** All documents of a YAML text; a key that stands twice is an error. */
  static List<JsonNode> documents(String yaml) {
    try (var parser = YAML.getFactory().createParser(yaml)) {
      parser.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
      return YAML.readerFor(JsonNode.class).<JsonNode>readValues(parser).readAll();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every manifest under {@code deploy/}, by its file. */
  public static Map<Path, List<JsonNode>> manifests() {
    Map<Path, List<JsonNode>> found = new TreeMap<>();
    for (Path file : files(Path.of("deploy"), ".yaml")) {
      found.put(file, documents(read(file)));
    }
    return found;
  }

  static List<JsonNode> flinkDeployments() {
    return ofKind("FlinkDeployment");
  }

  /** All manifests of a kind, as they stand in their files. */
  public static List<JsonNode> ofKind(String kind) {
    return manifests().values().stream()
        .flatMap(List::stream)
        .filter(document -> document.path("kind").asText().equals(kind))
        .toList();
  }

  /** Whether the machine has a command; tests that need one say that it is missing. */
  static boolean installed(String command) {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .anyMatch(path -> Files.isExecutable(Path.of(path, command)));
  }

  /** The documents that {@code kubectl kustomize} makes of an overlay. */
  static List<JsonNode> overlay(String name, Path folder) throws Exception {
    Path built = folder.resolve(name + ".yaml");
    Process kubectl =
        new ProcessBuilder("kubectl", "kustomize", "deploy/overlays/" + name)
            .redirectErrorStream(true)
            .redirectOutput(built.toFile())
            .start();
    boolean ended = kubectl.waitFor(60, TimeUnit.SECONDS);
    kubectl.destroyForcibly();
    String text = read(built);
    if (!ended || kubectl.exitValue() != 0) {
      throw new IllegalStateException("overlay " + name + " is not built: " + text);
    }
    return documents(text);
  }

  static List<Path> dockerfiles() {
    return files(Path.of("docker"), "").stream()
        .filter(file -> file.getFileName().toString().startsWith("Dockerfile"))
        .toList();
  }

  /** Arguments of every {@code COPY} from the build context, without the target. */
  static List<String> copiedFromContext(Path dockerfile) {
    List<String> sources = new ArrayList<>();
    for (String line : read(dockerfile).lines().toList()) {
      if (line.startsWith("COPY ") && !line.contains("--from=")) {
        String[] words = line.split(" +", -1);
        sources.addAll(List.of(words).subList(1, words.length - 1));
      }
    }
    return sources;
  }

  public static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }

  public static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> files(Path folder, String ending) {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile)
          .filter(file -> file.toString().endsWith(ending))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
