package dev.framelabel.pipeline.state;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Serializer of events for Flink. Events are immutable, so {@code copy} returns the event itself:
 * Flink copies every element of an asynchronous operator, and copies of images would be expensive.
 */
public final class EventSerializer<T> extends TypeSerializerSingleton<T> {
  private static final long serialVersionUID = 1L;

  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public T createInstance() {
    return null; // Flink reuses no instance then.
  }

  @Override
  public T copy(T from) {
    return from;
  }

  @Override
  public T copy(T from, T reuse) {
    return from;
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public void serialize(T event, DataOutputView target) throws IOException {
    EventCodec.write(event, target);
  }

  @Override
  @SuppressWarnings("unchecked") // what was written as T is read as T
  public T deserialize(DataInputView source) throws IOException {
    return (T) EventCodec.read(source);
  }

  @Override
  public T deserialize(T reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    EventCodec.write(EventCodec.read(source), target);
  }

  @Override
  public TypeSerializerSnapshot<T> snapshotConfiguration() {
    return new Snapshot<>();
  }

  /** The format version of a checkpoint. */
  public static final class Snapshot<T> implements TypeSerializerSnapshot<T> {
    private int version = EventCodec.VERSION;

    @Override
    public int getCurrentVersion() {
      return EventCodec.VERSION;
    }

    @Override
    public void writeSnapshot(DataOutputView out) {
      // Flink writes the version; nothing else belongs to a snapshot.
    }

    @Override
    public void readSnapshot(int readVersion, DataInputView in, ClassLoader userCodeClassLoader)
        throws IOException {
      if (readVersion > EventCodec.VERSION) {
        throw new IOException(
            "Cannot read this checkpoint or savepoint: a newer Framelabel wrote it. Found event"
                + " format version "
                + readVersion
                + ", expected at most "
                + EventCodec.VERSION
                + ". Start the version that wrote it, or a newer one");
      }
      version = readVersion;
    }

    @Override
    public TypeSerializer<T> restoreSerializer() {
      return new EventSerializer<>();
    }

    @Override
    public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
        TypeSerializerSnapshot<T> old) {
      return old instanceof Snapshot<T> other && other.version <= version
          ? TypeSerializerSchemaCompatibility.compatibleAsIs()
          : TypeSerializerSchemaCompatibility.incompatible();
    }
  }
}
