package dev.framelabel.testing.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Throws the packets of one loopback port away, both ways, with {@code iptables}: connections stay,
 * and nobody is told. Needs to be root on a machine that lets packets be filtered. A process that
 * is killed meanwhile leaves two rules for that port behind. Thread-safe.
 */
final class PacketDrop {
  private static final List<String> COMMAND = List.of("iptables", "-w", "10");

  private final List<List<String>> rules;

  /** Those that are in force. */
  private final List<List<String>> added = new ArrayList<>();

  private final List<String> harmless;

  /** Empty until the machine has been asked. */
  private Optional<Boolean> working = Optional.empty();

  PacketDrop(int port) {
    this.harmless = List.of("INPUT", "-i", "lo", "-p", "tcp", "--dport", port + "");
    this.rules =
        Stream.of("--dport", "--sport")
            .map(side -> List.of("INPUT", "-i", "lo", "-p", "tcp", side, port + "", "-j", "DROP"))
            .toList();
  }

  /** Whether this machine lets packets be filtered: tried once, with a rule that does nothing. */
  synchronized boolean works() {
    if (working.isEmpty()) {
      try {
        run("-I", harmless);
        run("-D", harmless);
        working = Optional.of(true);
      } catch (IOException e) {
        working = Optional.of(false);
      }
    }
    return working.get();
  }

  /**
   * Begins where it works, else does nothing.
   *
   * @throws IllegalStateException if packets cannot be filtered any more
   */
  synchronized void begin() {
    if (!works()) {
      return;
    }
    try {
      for (List<String> rule : rules) {
        if (!added.contains(rule)) {
          run("-I", rule);
          added.add(rule);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /**
   * Takes away every rule that can be taken away.
   *
   * @throws IllegalStateException if one is left; it names it
   */
  synchronized void end() {
    IllegalStateException failure = null;
    for (List<String> rule : List.copyOf(added)) {
      try {
        run("-D", rule);
        added.remove(rule);
      } catch (IOException e) {
        failure = new IllegalStateException("a rule is left: " + e.getMessage(), e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Not cut short by an interrupt: half a rule set would stay. */
  private static void run(String action, List<String> rule) throws IOException {
    List<String> command = Stream.of(COMMAND, List.of(action), rule).flatMap(List::stream).toList();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.onExit().join().exitValue();
    if (status != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + status + ": " + said);
    }
  }
}
