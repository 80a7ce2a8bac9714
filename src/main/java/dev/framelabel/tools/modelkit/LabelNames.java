package dev.framelabel.tools.modelkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.framelabel.model.ModelException;
import dev.framelabel.text.TextFile;
import java.io.IOException;
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
      String text = TextFile.read(file);
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
    } catch (IllegalArgumentException e) {
      throw new ModelException("labels file " + e.getMessage(), e);
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
