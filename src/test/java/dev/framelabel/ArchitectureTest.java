package dev.framelabel;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Holds the layout as an allow list: each package names the packages and libraries that it may
 * import. A package that is not in {@link #LAYOUT} fails.
 */
@AnalyzeClasses(packages = "dev.framelabel", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String BASE = "dev.framelabel";
  private static final String TOOLS = BASE + ".tools";

  /** What every package may use. */
  private static final List<String> EVERYWHERE = List.of("java.", "javax.", "org.slf4j.");

  /**
   * A package's row.
   *
   * @param ours packages below {@code dev.framelabel}, exactly; {@code root} is the root
   * @param libraries packages of libraries, with all below
   */
  private record Row(List<String> ours, List<String> libraries) {}

  /** Keys are packages below {@code dev.framelabel}, exactly; "" is the root. */
  private static final Map<String, Row> LAYOUT = new TreeMap<>();

  private static void row(String name, String ours, String libraries) {
    Row ignored = LAYOUT.put(name, new Row(words(ours), words(libraries)));
  }

  private static List<String> words(String text) {
    return Stream.of(text.split("[ \n]+")).filter(word -> !word.isEmpty()).toList();
  }

  static {
    // The job: what runs on a cluster.
    row("address", "", "");
    row("event", "", "");
    row("text", "", "");
    row("avro", "", "org.apache.avro");
    row("image", "", "com.sun.jna org.bytedeco");
    row("batch", "", "");
    row("metrics", "", "org.apache.flink");
    row("model", "", "ai.onnxruntime com.fasterxml.jackson");
    row("wire", "avro event", "org.apache.avro");
    row("wire.registry", "address wire", "com.fasterxml.jackson");
    row("classify", "batch event image model", "");
    row(
        "config",
        "address batch classify event image model text wire wire.registry",
        "com.fasterxml.jackson org.apache.commons.text org.apache.flink");
    row("pipeline.state", "event", "org.apache.flink");
    row("pipeline.metrics", "metrics", "org.apache.flink");
    row(
        "pipeline",
        "classify config event metrics model pipeline.metrics pipeline.state",
        "org.apache.flink");
    row(
        "kafka.source",
        "config event kafka.admin metrics wire wire.registry",
        "org.apache.flink org.apache.kafka");
    row(
        "kafka.sink.commit",
        "config event kafka.admin metrics wire",
        "org.apache.flink org.apache.kafka");
    row(
        "kafka.sink",
        "config event kafka.sink.commit wire wire.registry",
        "org.apache.flink org.apache.kafka");
    row("kafka.admin", "config", "org.apache.flink org.apache.kafka");
    row(
        "",
        "classify config event kafka.admin kafka.sink kafka.source model pipeline pipeline.state",
        "org.apache.flink");

    // The tools: the command line, which runs beside a cluster.
    row("tools.report", "", "com.fasterxml.jackson");
    row("tools.runtimes", "address", "org.apache.commons.codec");
    row("tools.flinkrest", "address", "com.fasterxml.jackson");
    row(
        "tools.modelkit",
        "address model text",
        "ai.onnx.proto ai.onnxruntime.platform com.fasterxml.jackson com.google.protobuf io.jhdf");
    row("tools.clients", "event wire wire.registry", "org.apache.kafka");
    row("tools.deadletter", "event tools.clients wire", "org.apache.kafka");
    row(
        "tools.camera",
        "address config event image kafka.admin text tools.clients tools.report wire",
        "com.fasterxml.jackson org.apache.flink org.bytedeco");
    row(
        "tools.wall",
        "event kafka.source tools.report wire",
        "com.fasterxml.jackson io.undertow org.apache.commons org.apache.kafka org.xnio");
    row(
        "tools.demo",
        "config event kafka.admin model root tools.camera tools.clients tools.report wire",
        "kafka.server org.apache.commons.io org.apache.commons.lang3 org.apache.flink"
            + " org.apache.kafka");
    row(
        "tools.doctor",
        "batch classify config kafka.admin model tools.flinkrest",
        "org.apache.flink");
    row(
        "tools.bench",
        "batch classify config event image kafka.admin kafka.sink kafka.source model pipeline"
            + " pipeline.state root tools.clients tools.demo tools.modelkit tools.report wire",
        "com.fasterxml.jackson com.sun.management org.apache.commons.io org.apache.flink"
            + " org.apache.kafka org.bytedeco");
    row(
        "tools.cli",
        "address classify config event image kafka.admin model root text tools.bench tools.camera"
            + " tools.clients tools.deadletter tools.demo tools.doctor tools.flinkrest tools.modelkit"
            + " tools.report tools.runtimes tools.wall",
        "com.fasterxml.jackson org.apache.commons org.apache.flink picocli");
  }

  @ArchTest
  static final ArchRule packagesImportOnlyWhatTheirRowNames = classes().should(keepToTheirRow());

  @ArchTest
  static final ArchRule packagesAreFreeOfCycles =
      slices().matching("dev.framelabel.(**)").should().beFreeOfCycles();

  @ArchTest
  static void everyClassHasANameOfItsOwn(JavaClasses classes) {
    assertThat(
            classes.stream()
                .filter(one -> one.isTopLevelClass() && !one.getSimpleName().equals("package-info"))
                .filter(one -> !one.getPackageName().equals("dev.framelabel.avro"))
                .map(JavaClass::getSimpleName))
        .doesNotHaveDuplicates();
  }

  @ArchTest
  static void everyRowHasAPackageAndItsDescription(JavaClasses classes) throws Exception {
    TreeSet<String> found = new TreeSet<>();
    for (JavaClass one : classes) {
      boolean ignored = found.add(name(one));
    }
    assertThat(LAYOUT.keySet()).isEqualTo(found);
    for (String name : found) {
      Path source =
          Path.of("src/main/java", (BASE + "." + name).replace('.', '/'), "package-info.java");
      assertThat(name.equals("avro") || Files.isRegularFile(source)).as(source.toString()).isTrue();
    }
  }

  private static ArchCondition<JavaClass> keepToTheirRow() {
    return new ArchCondition<>("import only what the row of their package names") {
      @Override
      public void check(JavaClass one, ConditionEvents events) {
        Row row = LAYOUT.get(name(one));
        if (row == null) {
          events.add(
              SimpleConditionEvent.violated(
                  one, "package " + one.getPackageName() + " is not in the table"));
          return;
        }
        for (Dependency dependency : one.getDirectDependenciesFromSelf()) {
          JavaClass target = dependency.getTargetClass().getBaseComponentType();
          if (!target.isPrimitive() && !allowed(one, target, row)) {
            events.add(SimpleConditionEvent.violated(one, dependency.getDescription()));
          }
        }
      }
    };
  }

  private static boolean allowed(JavaClass from, JavaClass target, Row row) {
    String name = target.getPackageName();
    if (name.equals(from.getPackageName())) {
      return true;
    }
    if (name.equals(BASE) || name.startsWith(BASE + ".")) {
      boolean job = !from.getPackageName().startsWith(TOOLS);
      return !(job && name.startsWith(TOOLS))
          && row.ours().contains(name.equals(BASE) ? "root" : name(target));
    }
    String withDot = name + ".";
    return EVERYWHERE.stream().anyMatch(withDot::startsWith)
        || row.libraries().stream().anyMatch(library -> withDot.startsWith(library + "."));
  }

  /** The package below {@code dev.framelabel}; "" is the root. */
  private static String name(JavaClass one) {
    return one.getPackageName().equals(BASE)
        ? ""
        : one.getPackageName().substring(BASE.length() + 1);
  }
}
