package dev.framelabel.testing;

import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.tools.clients.OutcomeReader;
import dev.framelabel.tools.demo.LocalCluster;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Judges results against what was published. Frames are known by their id; records that cannot be
 * read as a frame, and frames whose id was cut, by their position. Results must come from a {@code
 * read_committed} reader, in the order in which it reads them. Not thread-safe.
 */
public final class DeliveryVerifier {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int POLLS_FOR_REPEATS = 10;
  private static final Pattern CUT = Pattern.compile("\\.\\.\\. sha256=[0-9a-f]{64}$");

  private final List<String> published;
  private final int unreadable;
  private Predicate<Outcome> ignored = outcome -> false;
  private final Set<SourcePosition> seenUnreadable = new HashSet<>();
  private final Map<String, Integer> order = new HashMap<>();
  private final Map<String, Integer> seen = new HashMap<>();
  private final Map<String, Integer> newest = new HashMap<>();
  private final List<Outcome> outcomes = new ArrayList<>();
  private final List<String> doubled = new ArrayList<>();
  private final List<String> invented = new ArrayList<>();
  private final List<String> outOfOrder = new ArrayList<>();

  /**
   * What is wrong, by frame id or position.
   *
   * @param lost what has no result
   * @param doubled what has results beyond the first, once for each of these
   * @param invented results of what nobody published
   * @param outOfOrder frames whose first result comes after that of a later frame of the same
   *     camera, on the same topic
   */
  public record Faults(
      List<String> lost, List<String> doubled, List<String> invented, List<String> outOfOrder) {
    /** Exactly one result of each frame, in the order of its camera's frames. */
    public static final Faults NONE = new Faults(List.of(), List.of(), List.of(), List.of());

    public Faults {
      lost = List.copyOf(lost);
      doubled = List.copyOf(doubled);
      invented = List.copyOf(invented);
      outOfOrder = List.copyOf(outOfOrder);
    }
  }

  /**
   * Expects one result of each frame.
   *
   * @param published ids of the frames, in the order of their publication
   * @param unreadable how many records were published besides that cannot be read as a frame, or
   *     whose frame id is beyond its limit
   */
  public DeliveryVerifier(List<String> published, int unreadable) {
    this.unreadable = unreadable;
    this.published = List.copyOf(published);
    this.published.forEach(id -> order.put(id, order.size()));
  }

  /** Expects the frames {@code 0} to {@code count - 1}. */
  public static DeliveryVerifier ofNumbered(int count) {
    return new DeliveryVerifier(IntStream.range(0, count).mapToObj(Integer::toString).toList(), 0);
  }

  /** Ignores the results of other tests on the same topics. */
  public DeliveryVerifier ignoring(Predicate<Outcome> others) {
    ignored = others;
    return this;
  }

  public void add(Outcome outcome) {
    if (ignored.test(outcome)) {
      return;
    }
    outcomes.add(outcome);
    String id = outcome.frameId();
    Integer number = order.get(id);
    if (id.isEmpty() || (number == null && isCut(id))) {
      addUnreadable(outcome.source());
    } else if (number == null) {
      invented.add(id);
    } else if (seen.merge(id, 1, Integer::sum) > 1) {
      doubled.add(id);
    } else {
      checkOrder(outcome, number);
    }
  }

  /** Whether this is what is left of an id beyond its limit. */
  private static boolean isCut(String id) {
    return CUT.matcher(id).find();
  }

  private void addUnreadable(SourcePosition source) {
    if (!seenUnreadable.add(source)) {
      doubled.add(source.toString());
    } else if (seenUnreadable.size() > unreadable) {
      invented.add(source.toString());
    }
  }

  private void checkOrder(Outcome outcome, int number) {
    String topic = outcome instanceof LabelledFrame ? "labels " : "rejected ";
    if (newest.merge(topic + outcome.cameraId(), number, Math::max) > number) {
      outOfOrder.add(outcome.frameId());
    }
  }

  /** Frames and unreadable records that have at least one result. */
  public int accounted() {
    return seen.size() + Math.min(unreadable, seenUnreadable.size());
  }

  /** All results so far that are not ignored, in the order in which they were added. */
  public List<Outcome> outcomes() {
    return List.copyOf(outcomes);
  }

  public Faults faults() {
    List<String> lost = new ArrayList<>(published);
    lost.removeIf(seen::containsKey);
    lost.addAll(Collections.nCopies(Math.max(0, unreadable - seenUnreadable.size()), "unreadable"));
    return new Faults(lost, doubled, invented, outOfOrder);
  }

  /**
   * Reads until so many frames and unreadable records have a result.
   *
   * @throws Exception that of the job if it has ended and no more results come
   * @throws AssertionError after two minutes
   */
  public void read(OutcomeReader reader, int count, LocalCluster.Job job) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (accounted() < count) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            accounted() + " results in " + LIMIT + ", expected " + count + "; " + faults());
      }
      Optional<Exception> ended = endOf(job);
      poll(reader);
      if (ended.isPresent() && accounted() < count && reader.atEnd()) {
        throw ended.get();
      }
    }
  }

  private static Optional<Exception> endOf(LocalCluster.Job job) {
    try {
      job.failIfEnded();
      return Optional.empty();
    } catch (Exception e) {
      return Optional.of(e);
    }
  }

  /**
   * Reads until all has a result, as {@link #read} does, and then for one more second: a repeat
   * must show.
   */
  public Faults readAll(OutcomeReader reader, LocalCluster.Job job) throws Exception {
    read(reader, published.size() + unreadable, job);
    for (int poll = 0; poll < POLLS_FOR_REPEATS; poll++) {
      poll(reader);
    }
    return faults();
  }

  private void poll(OutcomeReader reader) throws IOException {
    reader.poll(POLL).forEach(this::add);
  }
}
