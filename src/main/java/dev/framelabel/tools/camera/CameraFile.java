package dev.framelabel.tools.camera;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.framelabel.text.TextFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Reader of a YAML file of cameras. */
public final class CameraFile {
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private CameraFile() {}

  /**
   * Defaults of the cameras of a file.
   *
   * @param attributes for those without attributes of their own
   */
  public record Defaults(
      double fps,
      CameraSettings.Repeat repeat,
      PictureSettings picture,
      double pollSeconds,
      Map<String, String> attributes) {
    /** Those of the options. */
    public static final Defaults NONE =
        new Defaults(0, CameraSettings.Repeat.ONCE, PictureSettings.AS_IT_COMES, 1, Map.of());

    public Defaults {
      attributes = Map.copyOf(attributes);
    }
  }

  /** The whole file. */
  private record Root(List<Entry> cameras) {}

  /** One camera; what is left out has the default of the command line. */
  private record Entry(
      String id,
      String address,
      Double fps,
      String size,
      Integer quality,
      String repeat,
      Double poll,
      Map<String, String> attributes) {
    CameraSettings settings(Defaults defaults) {
      if (id == null || address == null) {
        throw new IllegalArgumentException(
            "camera " + (id == null ? "without" : id) + ": id and address are needed");
      }
      PictureSettings other = defaults.picture();
      int wanted = quality == null ? other.quality() : quality;
      return new CameraSettings(
          id,
          address,
          fps == null ? defaults.fps() : fps,
          repeat == null ? defaults.repeat() : CameraFile.repeat(repeat),
          size == null
              ? new PictureSettings(other.maxWidth(), other.maxHeight(), wanted)
              : PictureSettings.of(size, wanted),
          poll == null ? defaults.pollSeconds() : poll,
          attributes == null ? defaults.attributes() : attributes);
    }
  }

  /**
   * Reads the cameras of a file, in its order.
   *
   * @param defaults for what a camera of the file does not say
   * @throws IllegalArgumentException if the file is no such list; says what is wrong
   */
  public static List<CameraSettings> read(Path file, Defaults defaults) throws IOException {
    String text = TextFile.read(file);
    try {
      Root root = YAML.readValue(text, Root.class);
      if (root == null || root.cameras() == null) {
        throw new IllegalArgumentException(
            "found no list 'cameras'; expected one with id and address of each camera");
      }
      return root.cameras().stream().map(entry -> entry.settings(defaults)).toList();
    } catch (JsonProcessingException e) {
      // Without the cause, whose message shows lines of the file.
      throw new IllegalArgumentException(file + ": " + fault(e, text) + where(e));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns what is wrong with the file. YAML takes an address without quotes apart: then any piece
   * may be a secret.
   */
  private static String fault(JsonProcessingException e, String text) {
    int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
    if (line < 1 || text.lines().skip(line - 1L).findFirst().orElse("@").contains("@")) {
      return "an address, or what stands beside it, cannot be read; expected it in quotes, and only"
          + " known keys";
    }
    if (e instanceof UnrecognizedPropertyException unknown) {
      return "'%s' is not known; expected %s"
          .formatted(unknown.getPropertyName(), unknown.getKnownPropertyIds());
    }
    // Lines of the file are indented.
    return e.getOriginalMessage()
        .lines()
        .filter(said -> !said.startsWith(" "))
        .collect(Collectors.joining("; "));
  }

  private static String where(JsonProcessingException e) {
    return e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
  }

  private static CameraSettings.Repeat repeat(String text) {
    try {
      return CameraSettings.Repeat.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "repeat is '" + text + "'; expected once, loop or watch", e);
    }
  }
}
