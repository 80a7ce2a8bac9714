package dev.framelabel.testing.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.framelabel.event.Bytes;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.tools.clients.FramePublisher;
import dev.framelabel.tools.demo.DemoFrames;
import dev.framelabel.wire.HostileEvents;
import dev.framelabel.wire.IncomingFrame;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Publishes numbered frames of some cameras at a steady rate, on its own thread. Outlives outages
 * of the broker: what could not be sent waits, and the rate is caught up with.
 */
public final class FrameLoad implements AutoCloseable {
  private static final SourcePosition NOT_YET_SENT = new SourcePosition("", 0, 0);
  private static final int AT_ONCE = 50;

  /** Bytes of a record that the topic takes, with replacement characters for what is no UTF-8. */
  private static final int LARGEST = 300_000;

  private static final long STEP_NANOS = 5_000_000;

  /** By this name a broker can tell the load from the job. */
  static final String CLIENT_ID = "framelabel-load";

  private final FramePublisher publisher;
  private final DemoFrames pictures;
  private final int cameras;
  private final double framesPerSecond;
  private final LongSupplier room;
  private final AtomicLong taken = new AtomicLong();
  private final CompletableFuture<Void> run = new CompletableFuture<>();
  private volatile int poisonEvery;
  private volatile Optional<Path> hostileFolder = Optional.empty();
  private volatile boolean stopped;
  private volatile Throwable failure;
  private volatile long numbered;
  private final AtomicLong strange = new AtomicLong();
  private final HostileEvents hostile;
  private final Map<Hostility, Integer> hostileSent = new ConcurrentSkipListMap<>();

  /**
   * @param client properties of the Kafka client
   * @param framesPerSecond of all cameras together
   */
  public FrameLoad(Map<String, String> client, String topic, int cameras, double framesPerSecond) {
    this(client, topic, cameras, framesPerSecond, new DemoFrames());
  }

  /**
   * @param framesPerSecond of all cameras together
   * @param pictures those that were made before need not be made again
   */
  public FrameLoad(
      Map<String, String> client,
      String topic,
      int cameras,
      double framesPerSecond,
      DemoFrames pictures) {
    this(client, topic, cameras, framesPerSecond, pictures, () -> Long.MAX_VALUE);
  }

  /**
   * @param framesPerSecond of all cameras together, at most
   * @param room number of the frame that must wait until this grows
   */
  FrameLoad(
      Map<String, String> client,
      String topic,
      int cameras,
      double framesPerSecond,
      LongSupplier room) {
    this(client, topic, cameras, framesPerSecond, new DemoFrames(), room);
  }

  private FrameLoad(
      Map<String, String> client,
      String topic,
      int cameras,
      double framesPerSecond,
      DemoFrames pictures,
      LongSupplier room) {
    Map<String, String> patient = new HashMap<>(client);
    patient.put("client.id", CLIENT_ID);
    patient.put("delivery.timeout.ms", "600000");
    patient.put("max.block.ms", "600000");
    this.publisher = new FramePublisher(patient, topic, 1 << 20);
    this.cameras = cameras;
    this.framesPerSecond = framesPerSecond;
    this.room = room;
    this.pictures = pictures;
    this.hostile = new HostileEvents(cameras, pictures.jpeg(0));
  }

  /** Begins to publish. */
  public FrameLoad start() {
    Thread thread = new Thread(this::publishAll, "framelabel-load");
    thread.setDaemon(true);
    thread.start();
    return this;
  }

  /**
   * From now on, every so many frames one is a cut JPEG, and as often a record comes that is no
   * event at all; 0: none.
   */
  public void poisonEvery(int frames) {
    poisonEvery = frames;
  }

  /**
   * As {@link #poisonEvery}, with each kind of {@link Hostility} in turn, and records of any bytes,
   * fields and sizes.
   *
   * @param folder as {@link Hostility#prepare} has left it
   */
  void hostileEvery(int frames, Path folder) {
    hostileFolder = Optional.of(folder);
    poisonEvery(frames);
  }

  private void publishAll() {
    long begun = System.nanoTime();
    CompletableFuture<?> all = CompletableFuture.completedFuture(null);
    try {
      while (!stopped) {
        long index = numbered;
        LockSupport.parkNanos(begun + (long) (index * 1e9 / framesPerSecond) - System.nanoTime());
        if (begun + (long) (index * 1e9 / framesPerSecond) > System.nanoTime()) {
          continue;
        }
        if (index >= room.getAsLong()) {
          LockSupport.parkNanos(STEP_NANOS);
          continue;
        }
        int poison = poisonEvery;
        boolean poisoned = poison > 0 && index % poison == poison - 1;
        numbered = index + 1;
        all =
            CompletableFuture.allOf(
                all, count(poisoned ? publishHostile(index, index / poison) : publishGood(index)));
        if (poisoned) {
          all = CompletableFuture.allOf(all, count(publishStrange()));
        }
        if (index % AT_ONCE == AT_ONCE - 1) {
          all.join();
          all = CompletableFuture.completedFuture(null);
        }
      }
      all.join();
      run.complete(null);
    } catch (RuntimeException e) {
      run.completeExceptionally(e);
    }
  }

  private CompletableFuture<Void> publishGood(long index) {
    return publisher.publish(frame(index, FrameIds.good(index)));
  }

  /**
   * @param turn counts the hostile frames, of which each kind comes in turn
   */
  private CompletableFuture<Void> publishHostile(long index, long turn) {
    Hostility[] kinds = Hostility.values();
    Hostility hostility =
        hostileFolder.isEmpty() ? Hostility.CUT_JPEG : kinds[(int) (turn % kinds.length)];
    Integer unused = hostileSent.merge(hostility, 1, Integer::sum);
    Frame good = frame(index, FrameIds.of(hostility.kind(), index));
    return publisher.publish(hostility.of(good, hostileFolder.orElse(Path.of(""))));
  }

  private Frame frame(long index, String id) {
    return new Frame(
        camera(index),
        id,
        Instant.now().truncatedTo(ChronoUnit.MICROS),
        Image.encoded(pictures.jpeg(index)),
        Map.of(),
        NOT_YET_SENT);
  }

  private String camera(long index) {
    return "camera-" + (index % cameras + 1);
  }

  private CompletableFuture<Void> publishStrange() {
    strange.incrementAndGet();
    if (hostileFolder.isEmpty()) {
      return publisher.publish(camera(0), "this is no image event".getBytes(UTF_8));
    }
    IncomingFrame event = hostile.next();
    while (size(event) > LARGEST) {
      event = hostile.next();
    }
    Map<String, String> headers = new HashMap<>();
    // A Kafka client counts a surrogate alone in a name wrongly, and its broker refuses that.
    event
        .headers()
        .forEach((name, value) -> headers.put(text(Bytes.wrap(name.getBytes(UTF_8))), text(value)));
    return publisher.publish(text(event.key()), event.value().array(), headers);
  }

  private static long size(IncomingFrame event) {
    return event.key().length()
        + event.value().length()
        + event.headers().entrySet().stream()
            .mapToLong(header -> header.getKey().length() + header.getValue().length())
            .sum();
  }

  private static String text(Bytes bytes) {
    return new String(bytes.array(), UTF_8);
  }

  private CompletableFuture<Void> count(CompletableFuture<Void> sent) {
    return sent.whenComplete(
        (done, error) -> {
          if (error == null) {
            taken.incrementAndGet();
          } else {
            failure = error;
            stopped = true;
          }
        });
  }

  /** The cameras' ids. */
  public List<String> cameras() {
    return IntStream.rangeClosed(1, cameras).mapToObj(camera -> "camera-" + camera).toList();
  }

  /** Records that the broker has taken. */
  public long taken() {
    return taken.get();
  }

  /** Frames that have a number so far, from 0. */
  long numbered() {
    return numbered;
  }

  /** Records so far that are no numbered frames; they are known by their position only. */
  long strange() {
    return strange.get();
  }

  /** Numbered frames that were spoilt so far, by kind. */
  Map<Hostility, Integer> hostileSent() {
    return Map.copyOf(hostileSent);
  }

  /**
   * Stops, and waits until the broker has taken everything.
   *
   * @throws IllegalStateException if it did not
   */
  public void stop() {
    stopped = true;
    try {
      run.get(3, TimeUnit.MINUTES);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the broker did not take a frame: " + failure, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    stopped = true;
    publisher.close();
  }
}
