package dev.framelabel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every library in the packages, in the job jar too, against the advisories that this repository
 * knows; offline. A new advisory is a line in the list.
 */
class KnownVulnerabilitiesIT {
  private static final Path PACKAGES = Path.of("target/framelabel");
  private static final Path LIST = Path.of("src/test/resources/advisories.tsv");
  private static final Path PAGE = Path.of("docs/guides/security.md");
  private static final Pattern JAR = Pattern.compile("(.+?)-(\\d+\\..*)\\.jar");

  /** By name; several where the packages hold several. */
  private static final Map<String, TreeSet<String>> SHIPPED = new TreeMap<>();

  /**
   * @param reason why an affected version is shipped all the same; may be empty
   */
  private record Advisory(String jar, String ids, String without, String reason) {
    static List<Advisory> all() throws IOException {
      return Files.readAllLines(LIST).stream()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("\t", -1))
          .map(columns -> new Advisory(columns[0], columns[1], columns[2], columns[3]))
          .toList();
    }

    boolean affects(String version) {
      return Version.parse(version).compareTo(Version.parse(without)) < 0;
    }

    /** As the page has it. */
    String row(String version) {
      return String.format(
          "| %s | %s | %s | %s | %s |",
          jar, version, ids, without, affects(version) ? "**affected**: " + reason : "");
    }
  }

  @BeforeAll
  static void look() throws IOException {
    try (Stream<Path> files = Files.walk(PACKAGES)) {
      files.filter(file -> file.toString().endsWith(".jar")).forEach(KnownVulnerabilitiesIT::add);
    }
  }

  private static void add(Path jar) {
    Matcher name = JAR.matcher(jar.getFileName().toString());
    if (name.matches()) {
      add(name.group(1), name.group(2));
    }
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        if (entry.getName().endsWith("/pom.properties")) {
          Properties library = new Properties();
          library.load(zip.getInputStream(entry));
          add(library.getProperty("artifactId"), library.getProperty("version"));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(jar.toString(), e);
    }
  }

  private static void add(String name, String version) {
    boolean ignored = SHIPPED.computeIfAbsent(name, key -> new TreeSet<>()).add(version);
  }

  @Test
  void packages_holdNothingAffected_butWhatIsAccepted() throws IOException {
    List<String> affected = new ArrayList<>();
    for (Advisory advisory : Advisory.all()) {
      for (String version : SHIPPED.getOrDefault(advisory.jar(), new TreeSet<>())) {
        if (advisory.affects(version)) {
          System.out.println(advisory.row(version));
          if (advisory.reason().isEmpty()) {
            affected.add(advisory.row(version));
          }
        }
      }
    }
    assertThat(affected).as("take a newer version, or give the reason in " + LIST).isEmpty();
  }

  @Test
  void list_namesWhatIsShipped_andThePageShowsIt() throws IOException {
    String page = Files.readString(PAGE);
    for (Advisory advisory : Advisory.all()) {
      assertThat(SHIPPED).as(LIST + " is of jars in the packages").containsKey(advisory.jar());
      for (String version : SHIPPED.get(advisory.jar())) {
        assertThat(page).as("rows of " + PAGE).contains(advisory.row(version));
      }
    }
  }
}
