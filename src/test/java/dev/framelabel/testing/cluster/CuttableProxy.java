package dev.framelabel.testing.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A piece of network between clients and one loopback port: while it is cut, nothing passes and
 * nobody is told, as with a cable pulled out. Where the machine lets packets be filtered, they are
 * dropped before they come here; else what comes is kept until the cut is mended. Thread-safe; its
 * owner closes it.
 */
public final class CuttableProxy implements AutoCloseable {
  private final int target;
  private final ServerSocket server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Object gate = new Object();
  private final PacketDrop packets;
  private boolean cut;

  CuttableProxy(int target) {
    this.target = target;
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    packets = new PacketDrop(server.getLocalPort());
    begin("accept", this::accept);
  }

  /** How it is cut, for people. */
  public String way() {
    return packets.works()
        ? "iptables drops every packet of the job's port of the broker"
        : "a proxy between job and broker passes nothing on (iptables cannot be used here: not root, not"
            + " installed, or not in this kernel)";
  }

  int port() {
    return server.getLocalPort();
  }

  /** From now on nothing passes. */
  public void cut() {
    packets.begin();
    synchronized (gate) {
      cut = true;
    }
  }

  /** From now on everything passes, also what was held back. */
  public void mend() {
    synchronized (gate) {
      cut = false;
      gate.notifyAll();
    }
    packets.end();
  }

  private static void begin(String name, Runnable work) {
    Thread thread = new Thread(work, "framelabel-proxy-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        sockets.add(client);
        begin("connect", () -> connect(client));
      } catch (IOException e) {
        // Closed, or a client that went away at once.
      }
    }
  }

  private void connect(Socket client) {
    try {
      awaitMended();
      Socket broker = new Socket(InetAddress.getLoopbackAddress(), target);
      sockets.add(broker);
      client.setTcpNoDelay(true);
      broker.setTcpNoDelay(true);
      begin("up", () -> pump(client, broker));
      begin("down", () -> pump(broker, client));
    } catch (IOException e) {
      close(client);
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[64 << 10];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        awaitMended();
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // One side is gone: so is the other.
    } finally {
      close(from);
      close(to);
    }
  }

  private void awaitMended() throws IOException {
    synchronized (gate) {
      while (cut) {
        try {
          gate.wait();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
    }
  }

  private void close(Socket socket) {
    sockets.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      // Nothing depends on it any more.
    }
  }

  @Override
  public void close() {
    sockets.forEach(this::close);
    try (server) {
      mend();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
