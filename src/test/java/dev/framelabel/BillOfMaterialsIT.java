package dev.framelabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The bill of materials that the build writes beside the packages, unless it is offline. */
class BillOfMaterialsIT {
  private static final Path APP = Path.of("target/framelabel");

  @Test
  void bill_namesEveryLibraryOfTheApplication() throws Exception {
    Path file = APP.resolve("sbom.cyclonedx.json");
    assumeFalse(
        "offline=true".equals(System.getProperty("framelabel.build")),
        "an offline build makes none");
    JsonNode bill = new ObjectMapper().readTree(file.toFile());
    List<String> named = new ArrayList<>();
    bill.path("components")
        .forEach(
            component ->
                named.add(
                    component.path("name").asText() + "-" + component.path("version").asText()));
    try (Stream<Path> jars = Files.list(APP.resolve("lib"))) {
      List<String> missing =
          jars.map(jar -> jar.getFileName().toString())
              .filter(jar -> !jar.equals("framelabel.jar"))
              .filter(jar -> named.stream().noneMatch(jar::startsWith))
              .toList();
      assertThat(missing).isEmpty();
    }
    assertThat(named).noneMatch(name -> name.startsWith("junit"));
  }
}
