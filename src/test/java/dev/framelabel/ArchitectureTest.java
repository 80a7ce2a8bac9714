package dev.framelabel;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Holds the table of docs/architecture.md: which room may import which, and who alone imports a
 * library.
 */
@AnalyzeClasses(packages = "dev.framelabel", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String BASE = "dev.framelabel.";

  /** Room: the rooms that it may import. */
  private static final Map<String, Set<String>> MAY_IMPORT =
      Map.ofEntries(
          entry("event", Set.of()),
          entry("image", Set.of()),
          entry("batch", Set.of()),
          entry("model", Set.of()),
          entry("output-format", Set.of("event")),
          entry("classify", Set.of("event", "image", "batch", "model")),
          entry("pipeline", Set.of("event", "classify", "batch", "image", "model")),
          entry("kafka", Set.of("event", "wire")),
          entry("rest", Set.of()),
          entry("report", Set.of()),
          entry("doctor", Set.of("classify", "kafka", "model", "pipeline", "rest")),
          entry("local", Set.of("event", "kafka", "pipeline", "model", "report", "rest")),
          entry("xception", Set.of("model")),
          entry("camera", Set.of("event", "output-format", "kafka", "report")),
          entry("wall", Set.of("event", "output-format", "kafka")));

  /** Library package: the rooms that alone may import it ("" is the root). */
  private static final Map<String, Set<String>> ALONE =
      Map.ofEntries(
          entry("org.apache.avro..", Set.of("output-format", "avro")),
          entry("dev.framelabel.avro..", Set.of("output-format", "avro")),
          entry("org.bytedeco..", Set.of("image", "bench", "camera")),
          entry("com.sun.jna..", Set.of("image")),
          entry("ai.onnxruntime..", Set.of("model")),
          entry("org.apache.flink.connector.kafka..", Set.of("kafka")),
          entry("org.apache.kafka.clients..", Set.of("kafka", "local")),
          entry("kafka.server..", Set.of("local")),
          entry("ai.onnx.proto..", Set.of("xception")),
          entry("io.jhdf..", Set.of("xception")),
          entry("io.undertow..", Set.of("wall")),
          entry("picocli..", Set.of("cli")));

  @ArchTest
  static final ArchRule roomsImportOnlyWhatTheTableAllows =
      all(
          MAY_IMPORT.entrySet().stream()
              .map(
                  room ->
                      noClasses()
                          .that()
                          .resideInAPackage(BASE + room.getKey() + "..")
                          .should()
                          .dependOnClassesThat(
                              resideInAnyPackage(othersThan(room.getKey(), room.getValue())))
                          .as(room.getKey() + " may import " + room.getValue() + " only")));

  @ArchTest
  static final ArchRule librariesAreImportedInOneRoomOnly =
      all(
          ALONE.entrySet().stream()
              .map(
                  library ->
                      classes()
                          .that(resideInAPackage("dev.framelabel.."))
                          .and(not(resideInAnyPackage(packages(library.getValue()))))
                          .should()
                          .onlyDependOnClassesThat(not(resideInAPackage(library.getKey())))
                          .as(
                              library.getKey()
                                  + " is imported by "
                                  + library.getValue()
                                  + " only")));

  @ArchTest
  static final ArchRule roomsAreFreeOfCycles =
      slices().matching("dev.framelabel.(*)..").should().beFreeOfCycles();

  private static String[] othersThan(String room, Set<String> allowed) {
    return Stream.concat(MAY_IMPORT.keySet().stream(), Stream.of("cli", "bench", "avro"))
        .filter(other -> !other.equals(room) && !allowed.contains(other))
        .filter(other -> !(room.equals("wire") && other.equals("avro")))
        .map(other -> BASE + other + "..")
        .toArray(String[]::new);
  }

  private static String[] packages(Set<String> rooms) {
    return rooms.stream().map(room -> BASE + room + "..").toArray(String[]::new);
  }

  private static ArchRule all(Stream<? extends ArchRule> rules) {
    List<ArchRule> list = rules.map(rule -> (ArchRule) rule).toList();
    return CompositeArchRule.of(list);
  }
}
