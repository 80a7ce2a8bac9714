package dev.framelabel.bench.docs;

import dev.framelabel.tools.bench.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The pages of a checkout that show figures of its benchmark reports. A generated part stands
 * between the comments {@code <!-- figures: NAME -->} and {@code <!-- end of figures -->}. The page
 * {@code benchmark-gpu.md} shows figures of {@code benchmark-gpu.json}, every other page of {@code
 * benchmark.json}. Pages, reports and picture may stand in any folder below {@code docs/}.
 */
public final class Documents {
  private static final String REPORT = "benchmark.json";
  private static final Map<String, String> REPORTS_BY_PAGE =
      Map.of("benchmark-gpu.md", "benchmark-gpu.json");
  private static final String PICTURE = "benchmark.svg";
  private static final String BEGIN = "<!-- figures: ";
  private static final String END = "<!-- end of figures -->";
  private static final Pattern PART =
      Pattern.compile("(" + BEGIN + "(.+?) -->\n).*?" + END, Pattern.DOTALL);

  private final Path checkout;

  public Documents(Path checkout) {
    this.checkout = checkout;
  }

  /**
   * Returns what the pages and the picture should be, by their place.
   *
   * @throws IllegalArgumentException if a report lacks something that a page shows
   */
  public Map<Path, String> rendered() throws IOException {
    Map<Path, String> rendered = new LinkedHashMap<>();
    for (Path page : pages()) {
      String text = Files.readString(page);
      if (text.contains(BEGIN)) {
        String report = REPORTS_BY_PAGE.getOrDefault(page.getFileName().toString(), REPORT);
        rendered.put(page, fill(text, new Sections(Report.read(file(report)))));
      }
    }
    rendered.put(file(PICTURE), Picture.of(Report.read(file(REPORT))));
    return rendered;
  }

  private List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(docs(".md"));
    pages.add(checkout.resolve("README.md"));
    return pages;
  }

  private Path file(String name) throws IOException {
    return docs("/" + name).stream()
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no file " + name + " below docs/"));
  }

  /** Returns the files below docs/ whose path ends so. */
  private List<Path> docs(String end) throws IOException {
    try (Stream<Path> files = Files.walk(checkout.resolve("docs"))) {
      return files.filter(file -> ("/" + file).endsWith(end)).sorted().toList();
    }
  }

  static String fill(String page, Sections sections) {
    return PART.matcher(page)
        .replaceAll(
            part ->
                Matcher.quoteReplacement(
                    part.group(1) + "\n" + sections.of(part.group(2)) + "\n" + END));
  }

  /** Writes what has changed, and returns those files. */
  public List<Path> write() throws IOException {
    List<Path> written = new ArrayList<>();
    for (Map.Entry<Path, String> file : rendered().entrySet()) {
      Path place = file.getKey();
      if (!Files.exists(place) || !Files.readString(place).equals(file.getValue())) {
        written.add(Files.writeString(place, file.getValue()));
      }
    }
    return written;
  }
}
