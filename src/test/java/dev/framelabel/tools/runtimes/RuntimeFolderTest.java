package dev.framelabel.tools.runtimes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A package index of its own on loopback, and a small package. */
class RuntimeFolderTest {
  @TempDir private Path folder;

  private HttpServer server;
  private byte[] wheel;
  private RuntimePackage acme;
  private RuntimeFolder installed;

  /** The requests for the file: range and authorization. */
  private final List<String> asked = new ArrayList<>();

  private boolean ranges = true;

  @BeforeEach
  void start() throws Exception {
    wheel =
        zip(
            Map.of(
                "acme/libacme.so", "library",
                "acme/__init__.py", "python",
                "acme/licence.txt", "free",
                "acme/../../evil.so", "evil",
                "acme/deep/other.so", "deep",
                "acme-1.dist-info/METADATA", "about"));
    acme =
        new RuntimePackage(
            "acme", "1", "onnxruntime-ep-acme", "acme-1.whl", sha256(wheel), wheel.length, "acme/");
    installed = new RuntimeFolder(folder.resolve("runtime"));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/simple/onnxruntime-ep-acme/",
        exchange ->
            answer(
                exchange,
                200,
                """
                <a href="../../files/acme-0.whl#sha256=00">acme-0.whl</a>
                <a data-x="1" href="../../files/acme-1.whl?a=1&amp;b=2#sha256=%s">acme-1.whl</a>
                """
                    .formatted(acme.sha256())
                    .getBytes(StandardCharsets.UTF_8)));
    server.createContext("/files/acme-1.whl", this::file);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void file(HttpExchange exchange) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    asked.add(range + " " + exchange.getRequestHeaders().getFirst("Authorization"));
    if (range == null || !ranges) {
      answer(exchange, 200, wheel);
      return;
    }
    int from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
    if (from >= wheel.length) {
      answer(exchange, 416, new byte[0]);
    } else {
      answer(exchange, 206, Arrays.copyOfRange(wheel, from, wheel.length));
    }
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private PackageIndex index(String user) {
    return new PackageIndex(
        URI.create("http://" + user + "localhost:" + server.getAddress().getPort() + "/simple"));
  }

  @Test
  void fetchAndInstall_unpackLibrariesAndLicence() throws IOException {
    Path part = folder.resolve("part");
    List<Long> progress = new ArrayList<>();
    index("").fetch(acme, part, progress::add);
    assertThat(progress).endsWith((long) wheel.length);
    Path made = installed.install(acme, part);
    try (var files = Files.list(made)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("libacme.so", "licence.txt", "VERSION");
    }
    assertThat(installed.version("acme")).contains("1");
    assertThat(folder.resolve("evil.so")).doesNotExist();
    assertThat(installed.remove("acme")).isTrue();
    assertThat(installed.version("acme")).isEmpty();
    assertThat(installed.remove("acme")).isFalse();
  }

  @Test
  void fetch_beginningIsThere_getsTheRest() throws IOException {
    Path part = Files.write(folder.resolve("part"), Arrays.copyOf(wheel, 100));
    index("").fetch(acme, part, bytes -> {});
    assertThat(part).hasBinaryContent(wheel);
    index("").fetch(acme, part, bytes -> {});
    assertThat(part).hasBinaryContent(wheel);
    assertThat(asked).containsExactly("bytes=100- null", "bytes=" + wheel.length + "- null");
  }

  @Test
  void fetch_indexThatSendsAllAgain_startsAgain() throws IOException {
    ranges = false;
    Path part = Files.write(folder.resolve("part"), new byte[100]);
    index("").fetch(acme, part, bytes -> {});
    assertThat(part).hasBinaryContent(wheel);
  }

  @Test
  void fetch_indexWithPassword_sendsItAndDoesNotShowIt() throws IOException {
    index("me:s3cret@").fetch(acme, folder.resolve("part"), bytes -> {});
    assertThat(asked).containsExactly("null Basic bWU6czNjcmV0");
    RuntimePackage other =
        new RuntimePackage("acme", "2", "onnxruntime-ep-acme", "acme-2.whl", "ff", 1, "acme/");
    assertThatThrownBy(() -> index("me:s3cret@").fetch(other, folder.resolve("other"), bytes -> {}))
        .hasMessageContaining("/simple/onnxruntime-ep-acme/ has no acme-2.whl with sha256 ff")
        .hasMessageNotContaining("s3cret");
  }

  /** As where the files lie on another server than the pages. */
  @Test
  void fetch_fileOnAnotherHost_doesNotTellItThePassword() throws IOException {
    server.createContext(
        "/simple/b/",
        exchange ->
            answer(
                exchange,
                200,
                ("<a href='/moved.whl#sha256=" + acme.sha256() + "'>")
                    .getBytes(StandardCharsets.UTF_8)));
    server.createContext(
        "/moved.whl",
        exchange -> {
          exchange
              .getResponseHeaders()
              .add(
                  "Location",
                  "http://127.0.0.1:" + server.getAddress().getPort() + "/files/acme-1.whl");
          answer(exchange, 302, new byte[0]);
        });
    RuntimePackage moved =
        new RuntimePackage("b", "1", "b", "b.whl", acme.sha256(), wheel.length, "acme/");
    index("me:s3cret@").fetch(moved, folder.resolve("part"), bytes -> {});
    assertThat(folder.resolve("part")).hasBinaryContent(wheel);
    assertThat(asked).containsExactly("null null");
  }

  @Test
  void fetch_answerLongerThanThePackage_stops() {
    RuntimePackage shorter =
        new RuntimePackage(
            "acme", "1", "onnxruntime-ep-acme", "acme-1.whl", acme.sha256(), 10, "acme/");
    assertThatThrownBy(() -> index("").fetch(shorter, folder.resolve("part"), bytes -> {}))
        .hasMessageContaining("longer than the package, which has 10 bytes");
  }

  @Test
  void fetch_projectThatTheIndexHasNot_saysTheStatus() {
    RuntimePackage other = new RuntimePackage("b", "1", "b", "b.whl", "ff", 1, "b/");
    assertThatThrownBy(() -> index("").fetch(other, folder.resolve("part"), bytes -> {}))
        .hasMessageContaining("/simple/b/ answered with status 404");
  }

  @Test
  void install_anotherFile_saysBothChecksumsAndKeepsWhatIsThere() throws IOException {
    Path file = Files.write(folder.resolve("acme-1.whl"), wheel);
    Path made = installed.install(acme, file);
    Files.write(file, new byte[] {1, 2, 3});
    assertThatThrownBy(() -> installed.install(acme, file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected " + acme.sha256());
    assertThat(made.resolve("libacme.so")).exists();
  }

  private static byte[] zip(Map<String, String> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, String> file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    return bytes.toByteArray();
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
