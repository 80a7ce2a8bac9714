package dev.framelabel.tools.wall;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Many readers of a wall's stream, on real sockets and one thread. */
final class ManyReaders implements AutoCloseable {
  private final int port;
  private final Selector selector = Selector.open();
  private final List<Reader> readers = new CopyOnWriteArrayList<>();
  private final Thread thread = new Thread(this::run, "many-readers");

  ManyReaders(Wall wall) throws IOException {
    port = new WallClient(wall).port();
    thread.setDaemon(true);
    thread.start();
  }

  void open(int count) throws IOException {
    byte[] request = "GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII);
    for (int i = 0; i < count; i++) {
      SocketChannel channel =
          SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      ByteBuffer bytes = ByteBuffer.wrap(request);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.configureBlocking(false);
      Reader reader = new Reader(channel);
      readers.add(reader);
      channel.register(selector, SelectionKey.OP_READ, reader);
      selector.wakeup();
    }
  }

  private void run() {
    ByteBuffer buffer = ByteBuffer.allocate(256 << 10);
    try {
      while (selector.isOpen()) {
        selector.select(100);
        for (SelectionKey key : selector.selectedKeys()) {
          ((Reader) key.attachment()).read(buffer);
        }
        selector.selectedKeys().clear();
      }
    } catch (ClosedSelectorException e) {
      // close() asks for the end.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Events of the one who got fewest. */
  long leastEvents() {
    return readers.stream().mapToLong(reader -> reader.events.get()).min().orElse(0);
  }

  long bytes() {
    return readers.stream().mapToLong(reader -> reader.bytes.get()).sum();
  }

  @Override
  public void close() throws IOException {
    selector.close();
    for (Reader reader : readers) {
      reader.channel.close();
    }
  }

  /** One reader; an empty line ends each event. */
  private static final class Reader {
    private final SocketChannel channel;
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private byte last;

    Reader(SocketChannel channel) {
      this.channel = channel;
    }

    void read(ByteBuffer buffer) throws IOException {
      buffer.clear();
      int count = channel.read(buffer);
      if (count < 0) {
        channel.close();
        return;
      }
      bytes.addAndGet(count);
      buffer.flip();
      while (buffer.hasRemaining()) {
        byte next = buffer.get();
        if (next == '\n' && last == '\n') {
          events.incrementAndGet();
        }
        last = next;
      }
    }
  }
}
