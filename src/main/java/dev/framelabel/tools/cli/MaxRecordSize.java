package dev.framelabel.tools.cli;

import dev.framelabel.config.KafkaOptions;
import org.apache.flink.configuration.MemorySize;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** Option {@code --max-record-size} of commands that create topics or publish frames. */
final class MaxRecordSize {
  @Option(
      names = "--max-record-size",
      paramLabel = "SIZE",
      converter = Converter.class,
      description =
          "Maximum size of a record of the topic (its max.message.bytes): the largest encoded frame"
              + " plus 64 KiB. At least the job's --max-record-size.")
  private MemorySize size = KafkaOptions.MAX_RECORD_SIZE.defaultValue();

  /** Returns the size in bytes, as Kafka's settings take it. */
  int bytes() {
    return Math.toIntExact(size.getBytes());
  }

  /** Reads a size as Flink writes it, such as {@code 4 mb}; a number alone is bytes. */
  static final class Converter implements ITypeConverter<MemorySize> {
    @Override
    public MemorySize convert(String text) {
      return MemorySize.parse(text);
    }
  }
}
