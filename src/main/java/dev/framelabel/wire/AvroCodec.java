package dev.framelabel.wire;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * Reads and writes one kind of Avro record in the framings that Framelabel knows. Not thread-safe.
 */
final class AvroCodec<A extends SpecificRecordBase> {
  static {
    AvroSafety.apply();
  }

  private final SpecificDatumReader<A> plainReader;
  private final SpecificDatumWriter<A> plainWriter;
  private final BinaryMessageDecoder<A> messageDecoder;
  private final BinaryMessageEncoder<A> messageEncoder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private BinaryDecoder decoder;
  private BinaryEncoder encoder;

  /**
   * @param current the schema of this version's class
   * @param older schemas of earlier versions, whose records are read too
   */
  AvroCodec(SpecificData data, Schema current, List<Schema> older) {
    plainReader = new SpecificDatumReader<>(current, current, data);
    plainWriter = new SpecificDatumWriter<>(current, data);
    messageDecoder = new BinaryMessageDecoder<>(data, current);
    older.forEach(messageDecoder::addSchema);
    messageEncoder = new BinaryMessageEncoder<>(data, current);
  }

  /**
   * Reads a record in any of the framings.
   *
   * @throws IOException if the bytes are no such record
   */
  A read(byte[] value) throws IOException {
    try {
      return Framing.isSingleObject(value)
          ? messageDecoder.decode(new ByteArrayInputStream(value), null)
          : readPlain(value);
    } catch (AvroRuntimeException
        | IndexOutOfBoundsException
        | ClassCastException
        | UnsupportedOperationException e) {
      // Avro's ways to say that bytes make no sense, besides IOException.
      throw new IOException(e.getMessage(), e);
    }
  }

  private A readPlain(byte[] value) throws IOException {
    decoder = DecoderFactory.get().binaryDecoder(value, decoder);
    A read = plainReader.read(null, decoder);
    if (!decoder.isEnd()) {
      throw new IOException("bytes are left after the record");
    }
    return read;
  }

  byte[] write(A avro, Framing framing) {
    try {
      if (framing == Framing.SINGLE_OBJECT) {
        ByteBuffer message = messageEncoder.encode(avro);
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        return bytes;
      }
      out.reset();
      encoder = EncoderFactory.get().binaryEncoder(out, encoder);
      plainWriter.write(avro, encoder);
      encoder.flush();
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
