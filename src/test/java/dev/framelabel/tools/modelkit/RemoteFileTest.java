package dev.framelabel.tools.modelkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.framelabel.model.ModelException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RemoteFileTest {
  private static final byte[] CONTENT = "weights".getBytes(StandardCharsets.US_ASCII);
  private static final String MD5 = "63f4f1e9b725370f459720575cd5f953";

  private final AtomicInteger requests = new AtomicInteger();
  private HttpServer server;
  private URI base;
  @TempDir private Path folder;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/w/",
        exchange -> {
          requests.incrementAndGet();
          boolean there = exchange.getRequestURI().getPath().equals("/w/weights.h5");
          exchange.sendResponseHeaders(there ? 200 : 404, there ? CONTENT.length : -1);
          if (there) {
            exchange.getResponseBody().write(CONTENT);
          }
          exchange.close();
        });
    server.start();
    base = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/w");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void fetchInto_rightChecksum_keepsTheFileAndAsksOnce() throws IOException {
    RemoteFile file = new RemoteFile(URI.create(base + "/weights.h5"), MD5);
    assertThat(file.fetchInto(folder.resolve("cache"))).hasBinaryContent(CONTENT);
    assertThat(file.fetchInto(folder.resolve("cache"))).hasBinaryContent(CONTENT);
    assertThat(requests).hasValue(1);
  }

  @Test
  void fetchInto_otherChecksum_leavesNothing() throws IOException {
    RemoteFile weights = new RemoteFile(URI.create("http://nowhere/x/weights.h5"), "00ff");
    assertThatThrownBy(() -> weights.at(base).fetchInto(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll(MD5, "00ff", "weights.h5");
    assertEmpty();
  }

  @Test
  void fetchInto_notThere_saysSo() throws IOException {
    RemoteFile missing = RemoteFile.IMAGENET_WEIGHTS.at(base);
    assertThatThrownBy(() -> missing.fetchInto(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll(
            "404", "xception_weights_tf_dim_ordering_tf_kernels.h5", "--mirror");
    assertEmpty();
  }

  @Test
  void fetchInto_damagedCopyInTheCache_isRefused() throws IOException {
    Files.writeString(folder.resolve("weights.h5"), "half of it");
    RemoteFile file = new RemoteFile(URI.create(base + "/weights.h5"), MD5);
    assertThatThrownBy(() -> file.fetchInto(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(folder.resolve("weights.h5").toString());
  }

  private void assertEmpty() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }
}
