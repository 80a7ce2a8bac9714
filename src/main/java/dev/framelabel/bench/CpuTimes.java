package dev.framelabel.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Processor time of this JVM's threads, native ones too, told apart by who they work for. Linux
 * only. Threads that have ended are not seen.
 */
final class CpuTimes {
  private static final Path TASKS = Path.of("/proc/self/task");

  /** Who a thread works for; Linux keeps 15 letters of a thread's name. */
  enum Worker {
    DECODE_AND_DEVICE("framelabel-"),
    BROKER(
        "data-plane-kafk",
        "kafka-scheduler",
        "kafka-0-raft",
        "kafka-broker",
        "quorum-",
        "raft-",
        "broker-",
        "controller-",
        "group-",
        "transaction-",
        "TxnMarker",
        "Expiration",
        "executor-",
        "share-",
        "log-",
        "metadata-",
        "ReplicaManager"),
    GARBAGE_COLLECTOR("GC Thread", "G1 ", "VM Thread"),
    COMPILER("C1 Compiler", "C2 Compiler", "Sweeper"),
    READER("java", "main"),
    /** Task threads, clients of Kafka, and what else Flink has. */
    FLINK_AND_CLIENTS;

    /** Separated by bars. */
    private final String beginnings;

    Worker(String... beginnings) {
      this.beginnings = String.join("|", beginnings);
    }

    private boolean isMeant(String thread) {
      return Stream.of(beginnings.split("\\|", -1))
          .anyMatch(beginning -> !beginning.isEmpty() && thread.startsWith(beginning));
    }

    static Worker of(String thread) {
      return Stream.of(values())
          .filter(worker -> worker.isMeant(thread))
          .findFirst()
          .orElse(FLINK_AND_CLIENTS);
    }
  }

  private CpuTimes() {}

  /** Nanoseconds so far; empty where the system does not say. */
  static Map<Worker, Long> nanos() {
    Map<Worker, Long> nanos = new EnumMap<>(Worker.class);
    if (!Files.isReadable(TASKS)) {
      return nanos;
    }
    try (Stream<Path> tasks = Files.list(TASKS)) {
      tasks.forEach(
          task ->
              read(task.resolve("comm"))
                  .flatMap(name -> read(task.resolve("schedstat")).map(use -> use + " " + name))
                  .ifPresent(line -> add(line, nanos)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return nanos;
  }

  /** {@code line}: time on a core, time waited, slices, name. */
  private static void add(String line, Map<Worker, Long> nanos) {
    String[] parts = line.split(" ", 4);
    nanos.merge(Worker.of(parts[3]), Long.parseLong(parts[0]), Long::sum);
  }

  private static Optional<String> read(Path file) {
    try {
      return Optional.of(Files.readString(file).strip());
    } catch (IOException e) {
      // The thread has ended.
      return Optional.empty();
    }
  }
}
