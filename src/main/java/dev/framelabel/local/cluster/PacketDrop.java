package dev.framelabel.local.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Throws the packets of one loopback port away, both ways, with {@code iptables}: connections stay,
 * and nobody is told. Needs to be root on a machine that lets packets be filtered. Thread-safe.
 */
final class PacketDrop {
  private static final List<String> COMMAND = List.of("iptables", "-w");

  private final int port;
  private boolean dropping;

  private PacketDrop(int port) {
    this.port = port;
  }

  /**
   * Empty where this machine does not let packets be filtered: tried with a rule that matches none.
   */
  static Optional<PacketDrop> of(int port) {
    List<String> harmless = List.of("INPUT", "-i", "lo", "-p", "tcp", "--dport", "1");
    try {
      run(command("-I", harmless));
      run(command("-D", harmless));
      return Optional.of(new PacketDrop(port));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  synchronized void begin() {
    if (!dropping) {
      dropping = true;
      change("-I");
    }
  }

  synchronized void end() {
    if (dropping) {
      dropping = false;
      change("-D");
    }
  }

  private void change(String action) {
    for (String side : List.of("--dport", "--sport")) {
      try {
        run(
            command(
                action, List.of("INPUT", "-i", "lo", "-p", "tcp", side, port + "", "-j", "DROP")));
      } catch (IOException e) {
        throw new IllegalStateException("packets of port " + port + " cannot be filtered", e);
      }
    }
  }

  private static List<String> command(String action, List<String> rule) {
    return Stream.of(COMMAND, List.of(action), rule).flatMap(List::stream).toList();
  }

  private static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException(String.join(" ", command) + " ended with " + status + ": " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
