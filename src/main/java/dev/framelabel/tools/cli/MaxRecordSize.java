package dev.framelabel.tools.cli;

import org.apache.flink.configuration.MemorySize;
import picocli.CommandLine.Option;

/** Option {@code --max-record-size} of commands that create topics or publish frames. */
final class MaxRecordSize {
  @Option(names = "--max-record-size")
  private MemorySize size;

  /** Returns the size in bytes, as Kafka's settings take it. */
  int bytes() {
    return Math.toIntExact(size.getBytes());
  }
}
