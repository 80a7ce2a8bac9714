package dev.framelabel.docs;

import static dev.framelabel.docs.MarkdownTable.code;
import static dev.framelabel.docs.MarkdownTable.prose;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.framelabel.event.CameraStatus;
import dev.framelabel.event.TestEvents;
import dev.framelabel.wire.CameraStatuses;
import dev.framelabel.wire.ImageEvents;
import dev.framelabel.wire.LabelledFrames;
import dev.framelabel.wire.OutputFormat;
import dev.framelabel.wire.RejectedFrames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.avro.JsonProperties;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.io.JsonEncoder;
import org.apache.avro.message.BinaryMessageDecoder;

/** Writes the reference page of the schemas, with a sample record of each. */
final class SchemasPage {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KEY = "camera id, UTF-8";
  private static final String TOP =
      """
      # Schemas

      %s
      The values of the records in Kafka are Avro records with these schemas. The bytes around a record (its format) are in
      [Record formats](record-formats.md).

      | schema | file | topic | key | written by |
      |---|---|---|---|---|
      """;

  private static final String SAMPLES =
      """

      Sample records are in Avro's JSON encoding: `bytes` are a string with one character for each byte, and a value of a union with
      `null` is in an object that names its type.
      """;

  /** Units that follow from nothing else in the schema. */
  private static final Map<String, String> UNITS =
      Map.of(
          "width", "pixels",
          "height", "pixels",
          "score", "0 to 1",
          "batchSize", "frames",
          "framesIn", "frames",
          "framesOut", "frames",
          "dropped", "frames",
          "originalSize", "bytes");

  /** A schema's file, and what Kafka knows of its records. */
  private record Topic(
      String file, String topic, String option, String key, String writer, ByteBuffer sample) {
    Schema schema() throws IOException {
      return new Schema.Parser().parse(Path.of("schemas", file).toFile());
    }
  }

  private final StringBuilder page = new StringBuilder();
  private final Set<String> described = new HashSet<>();

  private SchemasPage() {}

  static String text() throws IOException {
    SchemasPage page = new SchemasPage();
    page.write();
    return page.page.toString();
  }

  private static List<Topic> topics() {
    return List.of(
        new Topic(
            "image-event.avsc",
            "frames",
            "--frames-topic",
            KEY,
            "your cameras, or `framelabel camera`",
            ByteBuffer.wrap(
                new ImageEvents().write(TestEvents.frame(), OutputFormat.SINGLE_OBJECT))),
        new Topic(
            "labelled-frame.avsc",
            "labels",
            "--labels-topic",
            KEY,
            "the job",
            ByteBuffer.wrap(
                new LabelledFrames().write(TestEvents.labelled(), OutputFormat.SINGLE_OBJECT))),
        new Topic(
            "rejected-frame.avsc",
            "rejected",
            "--rejected-topic",
            KEY + "; empty if unknown",
            "the job",
            ByteBuffer.wrap(
                new RejectedFrames(1_000)
                    .write(TestEvents.rejected(), OutputFormat.SINGLE_OBJECT))),
        new Topic(
            "camera-status.avsc",
            "cameras",
            "--cameras-topic",
            KEY,
            "`framelabel camera`",
            ByteBuffer.wrap(new CameraStatuses().write(status()))));
  }

  private static CameraStatus status() {
    return new CameraStatus(
        "Kamera Süd 7",
        CameraStatus.State.LIVE,
        TestEvents.CAPTURED.plusMillis(400),
        Optional.of(TestEvents.CAPTURED),
        1_520,
        1_516,
        4,
        15,
        15,
        OptionalLong.of(-12),
        1,
        "connection reset",
        "rtsp://10.0.0.5/stream1");
  }

  private void write() throws IOException {
    page.append(TOP.formatted(GeneratedPage.notice(ReferencePagesTest.class)));
    for (Topic topic : topics()) {
      Schema schema = topic.schema();
      page.append(
          "| %s | `schemas/%s` | `%s` (`%s`) | %s | %s |%n"
              .formatted(
                  link(schema),
                  topic.file(),
                  topic.topic(),
                  topic.option(),
                  topic.key(),
                  topic.writer()));
    }
    page.append(SAMPLES);
    for (Topic topic : topics()) {
      describe(topic.schema(), "##");
      page.append("\nSample record:\n\n```json\n").append(sample(topic)).append("\n```\n");
      nested(topic.schema());
    }
  }

  /** Describes the records and enums inside a record, each once on the page. */
  private void nested(Schema record) {
    for (Schema.Field field : record.getFields()) {
      Schema inner = innermost(field.schema());
      boolean named = inner.getType() == Schema.Type.RECORD || inner.getType() == Schema.Type.ENUM;
      if (named && described.add(inner.getFullName())) {
        describe(inner, "###");
        if (inner.getType() == Schema.Type.RECORD) {
          nested(inner);
        }
      }
    }
  }

  private void describe(Schema schema, String level) {
    page.append("\n%s %s%n%n".formatted(level, schema.getName()));
    if (schema.getType() == Schema.Type.ENUM) {
      page.append(symbols(schema));
      return;
    }
    page.append(prose(schema.getDoc())).append("\n\n");
    MarkdownTable table = new MarkdownTable("field", "type", "unit", "default", "meaning");
    for (Schema.Field field : schema.getFields()) {
      table.row(
          code(field.name()),
          type(field.schema()),
          unit(field),
          defaultOf(field),
          prose(field.doc()));
    }
    page.append(table);
  }

  /** The doc of an enum has a sentence for each symbol: {@code SYMBOL: meaning. SYMBOL: ...}. */
  private static String symbols(Schema schema) {
    MarkdownTable table = new MarkdownTable("symbol", "meaning");
    for (String symbol : schema.getEnumSymbols()) {
      Matcher found =
          Pattern.compile("\\b" + symbol + ": (.*?)(?= [A-Z0-9_]+: |$)").matcher(schema.getDoc());
      if (!found.find()) {
        throw new IllegalStateException(schema.getName() + " does not describe " + symbol);
      }
      String meaning = found.group(1);
      table.row(code(symbol), prose(capitalised(meaning)));
    }
    String first = schema.getDoc().replaceFirst("[A-Z0-9_]+: .*", "").strip();
    return (first.isEmpty() ? "" : first + " ")
        + "A reader whose schema lacks a symbol gets "
        + code(schema.getEnumDefault())
        + ".\n\n"
        + table;
  }

  private static String capitalised(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  private static String type(Schema schema) {
    return switch (schema.getType()) {
      case UNION ->
          schema.getTypes().stream().map(SchemasPage::type).collect(Collectors.joining(" or "));
      case ARRAY -> "array of " + type(schema.getElementType());
      case MAP -> "map of " + type(schema.getValueType());
      case RECORD -> "record " + link(schema);
      case ENUM -> "enum " + link(schema);
      default -> {
        LogicalType logical = schema.getLogicalType();
        String name = schema.getType().getName();
        yield logical == null ? name : name + " (" + logical.getName() + ")";
      }
    };
  }

  private static Schema innermost(Schema schema) {
    return switch (schema.getType()) {
      case UNION -> innermost(schema.getTypes().get(schema.getTypes().size() - 1));
      case ARRAY -> innermost(schema.getElementType());
      case MAP -> innermost(schema.getValueType());
      default -> schema;
    };
  }

  private static String unit(Schema.Field field) {
    String name = field.name();
    if (innermost(field.schema()).getLogicalType() != null || name.endsWith("Micros")) {
      return "µs";
    }
    if (name.endsWith("Millis")) {
      return "ms";
    }
    return name.startsWith("fps") ? "frames/s" : UNITS.getOrDefault(name, "");
  }

  private static String defaultOf(Schema.Field field) {
    if (!field.hasDefaultValue()) {
      return "required";
    }
    return code(
        field.defaultVal() == JsonProperties.NULL_VALUE
            ? "null"
            : JSON.valueToTree(field.defaultVal()).toString());
  }

  private static String link(Schema schema) {
    return "[%s](#%s)".formatted(schema.getName(), schema.getName().toLowerCase(Locale.ROOT));
  }

  private static String sample(Topic topic) throws IOException {
    Schema schema = topic.schema();
    GenericRecord record =
        new BinaryMessageDecoder<GenericRecord>(new GenericData(), schema).decode(topic.sample());
    for (Schema.Field field : schema.getFields()) {
      if (field.schema().getType() == Schema.Type.MAP) {
        // In one order, whichever map the fixture came from.
        Map<String, Object> sorted = new TreeMap<>();
        ((Map<?, ?>) record.get(field.name()))
            .forEach((key, value) -> sorted.put(key.toString(), value));
        record.put(field.name(), sorted);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    JsonEncoder encoder = EncoderFactory.get().jsonEncoder(schema, out);
    new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
    encoder.flush();
    return JSON.writerWithDefaultPrettyPrinter()
        .writeValueAsString(JSON.readTree(out.toByteArray()));
  }
}
