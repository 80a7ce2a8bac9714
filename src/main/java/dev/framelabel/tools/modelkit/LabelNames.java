package dev.framelabel.tools.modelkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.framelabel.model.ModelException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reader of the names of classes. */
public final class LabelNames {
  private LabelNames() {}

  /**
   * Reads one name a line, a JSON array of names, or Keras' {@code imagenet_class_index.json}
   * ({@code {"0": ["n01440764", "tench"], ...}}).
   *
   * @throws ModelException if the file is missing, of another form, or leaves a class without name
   */
  public static List<String> read(Path file) {
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      // Editors on Windows write a byte-order mark.
      text = text.startsWith("\uFEFF") ? text.substring(1) : text;
      String start = text.stripLeading();
      List<String> names =
          start.startsWith("{") || start.startsWith("[")
              ? fromJson(new JsonMapper().readTree(text), file)
              : text.lines().map(String::strip).toList();
      names = withoutEmptyEnd(names);
      int empty = names.indexOf("");
      if (names.isEmpty() || empty >= 0) {
        throw new ModelException(
            "labels file %s%s; expected one name for each class"
                .formatted(
                    file, names.isEmpty() ? " is empty" : " has no name for class " + empty));
      }
      return names;
    } catch (CharacterCodingException e) {
      throw new ModelException(
          "labels file "
              + file
              + " is not UTF-8, so it may be Latin-1 or of Windows; expected UTF-8. To convert it:"
              + " iconv -f WINDOWS-1252 -t UTF-8 "
              + file
              + " > labels-utf8.txt",
          e);
    } catch (IOException e) {
      throw new ModelException("labels file " + file + " cannot be read: " + e, e);
    }
  }

  private static List<String> withoutEmptyEnd(List<String> names) {
    int end = names.size();
    while (end > 0 && names.get(end - 1).isEmpty()) {
      end--;
    }
    return names.subList(0, end);
  }

  private static List<String> fromJson(JsonNode json, Path file) {
    List<String> names = new ArrayList<>();
    for (int index = 0; index < json.size(); index++) {
      JsonNode node = json.isArray() ? json.get(index) : json.path(String.valueOf(index)).path(1);
      if (!node.isTextual()) {
        throw new ModelException(
            "labels file %s has no name for class %s; expected [\"name\", ...] or {\"0\": [\"id\", \"name\"], ...}"
                .formatted(file, index));
      }
      names.add(node.asText());
    }
    return names;
  }
}
