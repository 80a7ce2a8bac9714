package dev.framelabel.tools.camera;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;

/** An HTTP camera that sends the bytes it is given, whatever they are, and hangs up. */
final class RawCamera implements AutoCloseable {
  private static final String HEADER_END = "\r\n\r\n";
  private static final int REPEATS = 4;

  private final ServerSocket socket;
  private final String head;
  private final byte[] body;
  private final Random cuts;

  /**
   * @param answer with its header; a body of several parts is sent several times
   * @param cuts where the bytes are cut into pieces
   */
  RawCamera(byte[] answer, Random cuts) throws IOException {
    String text = new String(answer, ISO_8859_1);
    int end = text.indexOf(HEADER_END) + HEADER_END.length();
    this.head = text.substring(0, end);
    this.body = text.substring(end).getBytes(ISO_8859_1);
    this.cuts = cuts;
    socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "raw-camera");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve() {
    while (!socket.isClosed()) {
      try (Socket viewer = socket.accept()) {
        viewer.setTcpNoDelay(true);
        BufferedReader in =
            new BufferedReader(new InputStreamReader(viewer.getInputStream(), ISO_8859_1));
        for (String line = in.readLine(); line != null && !line.isEmpty(); ) {
          line = in.readLine();
        }
        OutputStream out = viewer.getOutputStream();
        send(head.getBytes(ISO_8859_1), out);
        for (int times = 0; times < (head.contains("multipart") ? REPEATS : 1); times++) {
          send(body, out);
        }
      } catch (IOException e) {
        // The viewer has gone, or the test is over.
      }
    }
  }

  private void send(byte[] bytes, OutputStream out) throws IOException {
    for (int at = 0; at < bytes.length; ) {
      int piece = Math.min(bytes.length - at, 1 + cuts.nextInt(cuts.nextBoolean() ? 20 : 2_000));
      out.write(bytes, at, piece);
      out.flush();
      at += piece;
    }
  }

  String address() {
    return "http://127.0.0.1:" + socket.getLocalPort() + "/";
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
