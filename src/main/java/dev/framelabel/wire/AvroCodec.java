package dev.framelabel.wire;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecordBase;

/** Codec of one kind of Avro record in the framings that Framelabel knows. Not thread-safe. */
final class AvroCodec<A extends SpecificRecordBase> {
  static {
    AvroSafety.apply();
  }

  private static final int MOST_READERS = 1_000;

  private final Map<Schema, SpecificDatumReader<A>> readers = new HashMap<>();
  private final SpecificData data;
  private final Schema current;
  private final List<Schema> plainSchemas = new ArrayList<>();
  private final SpecificDatumWriter<A> plainWriter;
  private final Map<Long, Schema> byFingerprint = new HashMap<>();
  private final BinaryMessageEncoder<A> messageEncoder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Optional<Subject> subject;
  private final Optional<WriterSchemas> writerSchemas;
  private Optional<SchemaId> registered = Optional.empty();
  private BinaryDecoder decoder;
  private BinaryEncoder encoder;

  /**
   * Creates a codec that writes the current schema and reads all of them.
   *
   * @param current the schema of this version's class
   * @param older schemas of earlier versions, the newest first, whose records are read too
   * @param subject the registry, where one is used
   */
  AvroCodec(SpecificData data, Schema current, List<Schema> older, Optional<Subject> subject) {
    this.data = data;
    this.current = current;
    this.subject = subject;
    this.writerSchemas = subject.map(s -> new WriterSchemas(current, s.registry()));
    plainSchemas.add(current);
    plainSchemas.addAll(older);
    plainWriter = new SpecificDatumWriter<>(current, data);
    plainSchemas.forEach(
        schema -> byFingerprint.put(SchemaNormalization.parsingFingerprint64(schema), schema));
    messageEncoder = new BinaryMessageEncoder<>(data, current);
  }

  /** Returns whether there is a registry to ask for the schemas of records. */
  boolean hasRegistry() {
    return subject.isPresent();
  }

  /**
   * Reads a record in any of the framings. Without a registry, a record behind a schema id is read
   * as one of this version's schema or an earlier one's.
   *
   * @throws IOException if the bytes are no such record
   * @throws RegistryException if the registry does not answer
   */
  A read(byte[] value) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(value);
    return read(buffer, Envelope.of(buffer, Map.of()));
  }

  /**
   * Reads a record as {@link #read(byte[])} does, by an envelope that is known.
   *
   * @param value over an array, from position 0 to the limit
   */
  A read(ByteBuffer value, Envelope envelope) throws IOException {
    try {
      if (envelope.kind() == Envelope.Kind.SINGLE_OBJECT) {
        return readAs(named(value), value, envelope.bodyAt());
      }
      return envelope.schema().isPresent() && writerSchemas.isPresent()
          ? readWhole(writerSchemas.get().of(envelope.schema().get()), value, envelope.bodyAt())
          : readPlain(value, envelope.bodyAt());
    } catch (RegistryException e) {
      throw e;
    } catch (EOFException e) {
      // Avro mostly throws it without words.
      throw e.getMessage() == null ? new IOException("it ends in the middle of a field", e) : e;
    } catch (AvroRuntimeException
        | IndexOutOfBoundsException
        | ClassCastException
        | UnsupportedOperationException e) {
      // Avro's ways to say that bytes make no sense, besides IOException.
      throw new IOException(e.getMessage(), e);
    } catch (StackOverflowError e) {
      // A writer's schema may name itself, and Avro skips each level with a call.
      throw new IOException("its fields are nested too deep", e);
    }
  }

  /** Returns the schema that a single object's header names. */
  private Schema named(ByteBuffer value) throws IOException {
    long fingerprint =
        value.duplicate().order(ByteOrder.LITTLE_ENDIAN).getLong(Envelope.FINGERPRINT_AT);
    Schema schema = byFingerprint.get(fingerprint);
    if (schema == null) {
      throw new IOException("no schema is known of fingerprint " + fingerprint);
    }
    return schema;
  }

  /**
   * Reads a bare record, which does not say its version. Later versions only add fields at the end,
   * so that no record of one version is a whole record of another.
   */
  private A readPlain(ByteBuffer value, int from) throws IOException {
    IOException first = null;
    for (Schema schema : plainSchemas) {
      try {
        return readWhole(schema, value, from);
      } catch (IOException | AvroRuntimeException | IndexOutOfBoundsException e) {
        IOException failure = e instanceof IOException io ? io : new IOException(e.getMessage(), e);
        first = first == null ? failure : first;
      }
    }
    throw first;
  }

  private A readWhole(Schema writer, ByteBuffer value, int from) throws IOException {
    A read = readAs(writer, value, from);
    if (!decoder.isEnd()) {
      throw new IOException("bytes are left after the record");
    }
    return read;
  }

  private A readAs(Schema writer, ByteBuffer value, int from) throws IOException {
    decoder =
        DecoderFactory.get()
            .binaryDecoder(
                value.array(), value.arrayOffset() + from, value.limit() - from, decoder);
    if (readers.size() > MOST_READERS) {
      readers.clear();
    }
    return readers
        .computeIfAbsent(writer, schema -> new SpecificDatumReader<A>(schema, current, data))
        .read(null, decoder);
  }

  /**
   * Returns the value of a Kafka record.
   *
   * @throws RegistryException if the framing needs an id, and the registry does not give it
   */
  byte[] write(A avro, OutputFormat framing) {
    try {
      if (framing == OutputFormat.SINGLE_OBJECT) {
        ByteBuffer message = messageEncoder.encode(avro);
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        return bytes;
      }
      out.reset();
      if (framing.registered()) {
        writeId(framing);
      }
      encoder = EncoderFactory.get().binaryEncoder(out, encoder);
      plainWriter.write(avro, encoder);
      encoder.flush();
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void writeId(OutputFormat framing) throws IOException {
    SchemaId.Kind kind =
        framing == OutputFormat.APICURIO ? SchemaId.Kind.GLOBAL : SchemaId.Kind.CONTENT;
    if (registered.filter(id -> id.kind() == kind).isEmpty()) {
      Subject at =
          subject.orElseThrow(
              () -> new RegistryException("framing " + framing + " needs a schema registry"));
      registered = Optional.of(at.registry().register(at.name(), current.toString(), kind));
    }
    DataOutputStream target = new DataOutputStream(out);
    target.writeByte(0);
    long number = registered.get().number();
    if (kind == SchemaId.Kind.GLOBAL) {
      target.writeLong(number);
    } else {
      target.writeInt((int) number);
    }
  }
}
