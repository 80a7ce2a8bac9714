package dev.framelabel.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.TestEvents;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records written by version 1 stay readable: their bytes are in the test resources. */
class SchemaEvolutionTest {
  private static final Path SAMPLES = Path.of("src/test/resources/wire");

  @ParameterizedTest
  @ValueSource(strings = {"single-object", "plain"})
  void read_rejectedFrameOfVersion3_isTheOneThatWasWritten(String framing) throws Exception {
    assertThat(new RejectedFrames(1_000).read(sample("rejected-frame-3." + framing)))
        .isEqualTo(TestEvents.rejected());
  }

  @ParameterizedTest
  @ValueSource(strings = {"single-object", "plain"})
  void read_imageEventOfVersion2_isTheFrameThatWasWritten(String framing) throws Exception {
    assertThat(
            new ImageEvents()
                .read(sample("image-event-2." + framing), TestEvents.SOURCE, TestEvents.CAPTURED))
        .isEqualTo(TestEvents.frame());
    assertThat(new RejectedFrames(1_000).read(sample("rejected-frame-2." + framing)))
        .isEqualTo(TestEvents.rejected());
  }

  @ParameterizedTest
  @ValueSource(strings = {"single-object", "plain"})
  void read_imageEventOfVersion1_isTheFrameThatWasWritten(String framing) throws Exception {
    assertThat(
            new ImageEvents()
                .read(sample("image-event-1." + framing), TestEvents.SOURCE, TestEvents.CAPTURED))
        .isEqualTo(TestEvents.frame());
  }

  @ParameterizedTest
  @ValueSource(strings = {"single-object", "plain"})
  void read_labelledFrameOfVersion1_isTheOneThatWasWritten(String framing) throws Exception {
    assertThat(new LabelledFrames().read(sample("labelled-frame-1." + framing)))
        .isEqualTo(TestEvents.labelled());
  }

  @ParameterizedTest
  @ValueSource(strings = {"single-object", "plain"})
  void read_rejectedFrameOfVersion1_isTheOneThatWasWritten(String framing) throws Exception {
    assertThat(new RejectedFrames(1_000).read(sample("rejected-frame-1." + framing)))
        .isEqualTo(TestEvents.rejected());
  }

  @ParameterizedTest
  @ValueSource(strings = {"image-event", "labelled-frame", "rejected-frame"})
  void schema_present_readsVersion1AndIsReadByIt(String name) throws Exception {
    Schema present = parse("schemas/" + name + ".avsc");
    Schema first = parse(SAMPLES + "/" + name + "-1.avsc");
    assertThat(compatibility(present, first)).isEqualTo(SchemaCompatibilityType.COMPATIBLE);
    assertThat(compatibility(first, present)).isEqualTo(SchemaCompatibilityType.COMPATIBLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"image-event-1", "rejected-frame-1", "rejected-frame-2"})
  void schema_ofAnEarlierVersionInTheJar_isTheOneThatWroteTheSamples(String name) throws Exception {
    assertThat(parse("src/main/resources/schemas/" + name + ".avsc"))
        .isEqualTo(parse(SAMPLES + "/" + name + ".avsc"));
  }

  @ParameterizedTest
  @CsvSource({"image-event, 2", "rejected-frame, 3"})
  void schema_present_isTheOneOfTheNewestSamplesAndFitsThoseBefore(String name, int newest)
      throws Exception {
    Schema present = parse("schemas/" + name + ".avsc");
    assertThat(present).isEqualTo(parse(SAMPLES + "/" + name + "-" + newest + ".avsc"));
    Schema before = parse(SAMPLES + "/" + name + "-" + (newest - 1) + ".avsc");
    assertThat(compatibility(present, before)).isEqualTo(SchemaCompatibilityType.COMPATIBLE);
    assertThat(compatibility(before, present)).isEqualTo(SchemaCompatibilityType.COMPATIBLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"image-event", "labelled-frame", "rejected-frame"})
  void read_withASchemaThatHasGrown_givesOldDataAndTheNewDefault(String name) throws Exception {
    Schema first = parse(SAMPLES + "/" + name + "-1.avsc");
    Schema grown = withField(first);
    BinaryMessageDecoder<GenericRecord> decoder =
        new BinaryMessageDecoder<>(new GenericData(), grown);
    decoder.addSchema(first);
    GenericRecord read =
        decoder.decode(new ByteArrayInputStream(sample(name + "-1.single-object")), null);
    assertThat(read.get("added")).hasToString("none");
    assertThat(read.get("frameId")).hasToString("frame-1");
    assertThat(read.get("attributes").toString()).contains("Köln");
  }

  @Test
  void schema_everyField_hasADoc() throws Exception {
    for (String name :
        List.of("image-event", "labelled-frame", "rejected-frame", "camera-status")) {
      assertDocumented(parse("schemas/" + name + ".avsc"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void write_rejectedFrameOfEachKind_isReadAgain(RejectionKind kind) throws Exception {
    RejectedFrame frame = TestEvents.frame().reject(kind, "found; expected");
    RejectedFrames frames = new RejectedFrames(1_000);
    assertThat(frames.read(frames.write(frame, OutputFormat.SINGLE_OBJECT))).isEqualTo(frame);
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_OBJECT", "PLAIN"})
  void write_thenRead_isTheSame(OutputFormat framing) throws Exception {
    LabelledFrames labelled = new LabelledFrames();
    assertThat(labelled.read(labelled.write(TestEvents.labelled(), framing)))
        .isEqualTo(TestEvents.labelled());
    RejectedFrames rejected = new RejectedFrames(1_000);
    assertThat(rejected.read(rejected.write(TestEvents.unreadable(), framing)))
        .isEqualTo(TestEvents.unreadable());
    ImageEvents events = new ImageEvents();
    assertThat(
            events.read(
                events.write(TestEvents.frame(), framing), TestEvents.SOURCE, TestEvents.CAPTURED))
        .isEqualTo(TestEvents.frame());
  }

  private static void assertDocumented(Schema schema) {
    switch (schema.getType()) {
      case RECORD -> {
        assertThat(schema.getDoc()).as(schema.getFullName()).isNotBlank();
        for (Schema.Field field : schema.getFields()) {
          assertThat(field.doc()).as(schema.getName() + "." + field.name()).isNotBlank();
          assertDocumented(field.schema());
        }
      }
      case ARRAY -> assertDocumented(schema.getElementType());
      case ENUM -> assertThat(schema.getDoc()).as(schema.getFullName()).isNotBlank();
      default -> {}
    }
  }

  private static Schema withField(Schema schema) {
    List<Schema.Field> fields = new ArrayList<>();
    fields.add(new Schema.Field("added", Schema.create(Schema.Type.STRING), "New.", "none"));
    for (Schema.Field field : schema.getFields()) {
      fields.add(new Schema.Field(field, field.schema()));
    }
    return Schema.createRecord(schema.getName(), "Grown.", schema.getNamespace(), false, fields);
  }

  private static SchemaCompatibilityType compatibility(Schema reader, Schema writer) {
    return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType();
  }

  private static Schema parse(String file) throws IOException {
    return new Schema.Parser().parse(new File(file));
  }

  private static byte[] sample(String name) throws IOException {
    return Files.readAllBytes(SAMPLES.resolve(name));
  }
}
