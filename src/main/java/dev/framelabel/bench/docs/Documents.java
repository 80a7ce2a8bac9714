package dev.framelabel.bench.docs;

import dev.framelabel.bench.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pages of a checkout that show figures of its reports of benchmarks. Their generated parts
 * stand between comments: {@code <!-- figures: NAME -->} and {@code <!-- end of figures -->}.
 */
public final class Documents {
  private static final String REPORT = "docs/benchmark.json";

  private static final List<Pages> PAGES =
      List.of(
          new Pages(
              REPORT,
              List.of("README.md", "docs/benchmark.md", "docs/sizing.md", "docs/tuning.md")),
          new Pages("docs/benchmark-gpu.json", List.of("docs/gpu.md")));

  private static final String PICTURE = "docs/images/benchmark.svg";
  private static final String END = "<!-- end of figures -->";
  private static final Pattern PART =
      Pattern.compile("(<!-- figures: (.+?) -->\n).*?" + END, Pattern.DOTALL);

  private final Path checkout;

  /** The pages that show figures of a report. */
  private record Pages(String report, List<String> names) {}

  public Documents(Path checkout) {
    this.checkout = checkout;
  }

  /**
   * What the pages and the picture should be, by their place.
   *
   * @throws IllegalArgumentException if the report lacks something that a page shows
   */
  public Map<Path, String> rendered() throws IOException {
    Map<Path, String> rendered = new LinkedHashMap<>();
    for (Pages pages : PAGES) {
      Sections sections = new Sections(Report.read(checkout.resolve(pages.report())));
      for (String page : pages.names()) {
        Path file = checkout.resolve(page);
        rendered.put(file, fill(Files.readString(file), sections));
      }
    }
    rendered.put(checkout.resolve(PICTURE), Picture.of(Report.read(checkout.resolve(REPORT))));
    return rendered;
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
