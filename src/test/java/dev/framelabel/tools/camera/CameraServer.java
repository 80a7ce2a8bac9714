package dev.framelabel.tools.camera;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** An HTTP camera in this process, on loopback. */
final class CameraServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closed = new CountDownLatch(1);

  CameraServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
  }

  void on(String path, HttpHandler handler) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            handler.handle(exchange);
          }
        });
  }

  /** A stream of numbered pictures of these files, the parts' headers written by the caller. */
  void stream(String path, long pauseMillis, PartHeaders headers, byte[]... files) {
    on(
        path,
        exchange -> {
          exchange
              .getResponseHeaders()
              .add("Content-Type", "multipart/x-mixed-replace; boundary=wrong");
          exchange.sendResponseHeaders(200, 0);
          OutputStream out = exchange.getResponseBody();
          for (int at = 0; !isClosed(pauseMillis); at++) {
            byte[] file = files[at % files.length];
            out.write(("--cut\r\n" + headers.of(file) + "\r\n").getBytes(ISO_8859_1));
            out.write(file);
            out.write("\r\n".getBytes(ISO_8859_1));
            out.flush();
          }
        });
  }

  /** The headers of a part, each line with its end. */
  interface PartHeaders {
    String of(byte[] file);
  }

  private boolean isClosed(long waitMillis) {
    try {
      return closed.await(waitMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  /** Answers, then keeps silent until this server is closed. */
  void hang(String path) {
    on(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().flush();
          boolean ignored = isClosed(60_000);
        });
  }

  static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  String address(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
