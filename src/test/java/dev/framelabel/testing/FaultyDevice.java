package dev.framelabel.testing;

import dev.framelabel.model.Device;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.ModelMetadata;
import dev.framelabel.model.ModelOpener;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.model.TestModels;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A double of a device whose sessions hang or break, and stay so. A session that hangs hears of no
 * interrupt, as native code does not.
 */
public final class FaultyDevice {
  /** What happens to a session. */
  public enum Fault {
    NONE,
    HANG,
    BREAK
  }

  private static final Map<String, FaultyDevice> DEVICES = new ConcurrentHashMap<>();
  private static final int SIDE = 8;

  /** Sessions opened so far. */
  public final AtomicInteger opened = new AtomicInteger();

  /** Sessions that are open. */
  public final AtomicInteger open = new AtomicInteger();

  /** The most that were open at a time. */
  public final AtomicInteger mostOpen = new AtomicInteger();

  /** Batches that hang. */
  public final AtomicInteger hanging = new AtomicInteger();

  /** The fault that the session with the next batch gets. */
  public final AtomicReference<Fault> next = new AtomicReference<>(Fault.NONE);

  /** Whether all sessions hang. */
  public volatile boolean hangs;

  private final String name;
  private volatile CountDownLatch hang = new CountDownLatch(1);

  /**
   * Makes a device.
   *
   * @param name finds it again from an opener that was copied
   */
  public FaultyDevice(String name) {
    this.name = name;
    DEVICES.put(name, this);
  }

  /** Opens sessions on the device of a name. */
  public record Opener(String name) implements ModelOpener {
    @Override
    public LabelModel open(Path file, SessionSettings settings) {
      return DEVICES.get(name).new Session();
    }
  }

  public ModelOpener opener() {
    return new Opener(name);
  }

  /** Lets all batches that hang go on; later ones hang anew where they are told to. */
  public void release() {
    CountDownLatch before = hang;
    hang = new CountDownLatch(1);
    before.countDown();
  }

  private final class Session implements LabelModel {
    private volatile Fault fault = Fault.NONE;

    Session() {
      opened.incrementAndGet();
      int now = open.incrementAndGet();
      mostOpen.accumulateAndGet(now, Math::max);
    }

    @Override
    public ModelMetadata metadata() {
      return TestModels.metadata(SIDE, SIDE);
    }

    @Override
    public Device device() {
      return Device.CPU;
    }

    @Override
    public void label(ByteBuffer frames, int count, FloatBuffer probabilities) {
      Fault mine = next.getAndSet(Fault.NONE);
      if (mine != Fault.NONE) {
        fault = mine;
      }
      if (fault == Fault.HANG || hangs) {
        awaitRelease();
        fault = Fault.NONE;
      }
      if (fault == Fault.BREAK) {
        throw new ModelException("device lost");
      }
      for (int i = 0; i < 2 * count; i++) {
        probabilities.put(i, 0.5f);
      }
    }

    private void awaitRelease() {
      CountDownLatch until = hang;
      hanging.incrementAndGet();
      boolean interrupted = false;
      while (true) {
        try {
          until.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      hanging.decrementAndGet();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      open.decrementAndGet();
    }
  }
}
