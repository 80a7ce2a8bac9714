package dev.framelabel.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ByteBudgetTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration NONE = Duration.ZERO;

  private final ByteBudget budget = new ByteBudget(100, 30);

  @Test
  void take_upToTheLimit_passesAndMoreDoesNot() throws Exception {
    ByteBudget.Hold first = budget.take(60, NONE);
    ByteBudget.Hold second = budget.take(40, NONE);
    assertThat(budget.held()).isEqualTo(100);
    assertThatThrownBy(() -> budget.take(1, NONE))
        .isInstanceOf(TimeoutException.class)
        .hasMessage("100 of 100 bytes are under way and none came free in PT0S");
    first.done();
    second.done();
    second.done();
    assertThat(budget.held()).isZero();
  }

  @Test
  void take_whenFull_waitsForRoom() throws Exception {
    ByteBudget.Hold first = budget.take(100, NONE);
    CompletableFuture<ByteBudget.Hold> waiting =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return budget.take(50, LONG);
              } catch (InterruptedException | TimeoutException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(budget.held()).isEqualTo(100);
    first.done();
    waiting.get(30, TimeUnit.SECONDS).done();
    assertThat(budget.held()).isZero();
  }

  @Test
  void done_outOfOrder_countsUntilThoseBeforeAreDone() throws Exception {
    ByteBudget.Hold first = budget.take(10, NONE);
    ByteBudget.Hold second = budget.take(20, NONE);
    second.done();
    assertThat(budget.held()).isEqualTo(30);
    first.done();
    assertThat(budget.held()).isZero();
  }

  @Test
  void take_moreThanTheLimit_passesAlone() throws Exception {
    ByteBudget.Hold small = budget.take(1, NONE);
    assertThatThrownBy(() -> budget.take(101, NONE)).isInstanceOf(TimeoutException.class);
    small.done();
    budget.take(101, NONE).done();
    assertThat(budget.held()).isZero();
  }

  @Test
  void grow_withRoom_isAtOnceAndWithoutItWaits() throws Exception {
    ByteBudget.Hold first = budget.takeGrowing(1, NONE);
    ByteBudget.Hold second = budget.takeGrowing(1, NONE);
    assertThat(first.grow(60)).isCompleted();
    CompletableFuture<Void> grown = second.grow(60);
    assertThat(grown).isNotDone();
    assertThat(budget.held()).isEqualTo(62);
    first.done();
    assertThat(grown).isCompleted();
    assertThat(budget.held()).isEqualTo(61);
    second.done();
    assertThat(budget.held()).isZero();
  }

  /** The later one would be held until the earlier is done, which would have no room. */
  @Test
  void grow_beforeAnEarlierOne_waitsForIt() throws Exception {
    ByteBudget.Hold first = budget.takeGrowing(1, NONE);
    ByteBudget.Hold second = budget.takeGrowing(1, NONE);
    CompletableFuture<Void> grown = second.grow(98);
    assertThat(grown).isNotDone();
    assertThat(first.grow(90)).isCompleted();
    assertThat(grown).isNotDone();
    first.done();
    assertThat(grown).isCompleted();
  }

  @Test
  void grow_earlierOneIsDoneWithoutGrowing_isNotHeldUpByIt() throws Exception {
    ByteBudget.Hold first = budget.takeGrowing(1, NONE);
    ByteBudget.Hold second = budget.takeGrowing(1, NONE);
    CompletableFuture<Void> grown = second.grow(50);
    first.done();
    assertThat(grown).isCompleted();
    assertThat(first.grow(1)).isNotDone();
    assertThat(budget.held()).isEqualTo(51);
  }

  @Test
  void grow_moreThanTheLimit_waitsUntilItIsTheFirst() throws Exception {
    ByteBudget.Hold first = budget.take(50, NONE);
    ByteBudget.Hold second = budget.takeGrowing(1, NONE);
    CompletableFuture<Void> grown = second.grow(1_000);
    assertThat(grown).isNotDone();
    first.done();
    assertThat(grown).isCompleted();
  }

  @Test
  void take_whileOneIsToGrow_leavesRoomForIt() throws Exception {
    ByteBudget.Hold first = budget.takeGrowing(1, NONE);
    ByteBudget.Hold second = budget.take(69, NONE);
    assertThatThrownBy(() -> budget.take(1, NONE)).isInstanceOf(TimeoutException.class);
    assertThat(first.grow(30)).isCompleted();
    first.done();
    second.done();
    budget.take(100, NONE).done();
    assertThat(budget.held()).isZero();
  }

  /**
   * Any order of sizes found and frames done: never more than the limit, apart from the URIs of
   * those that are to grow, and nothing waits for ever.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void grow_anyOrder_staysWithinTheLimitAndEnds(long seed) throws Exception {
    Random random = new Random(seed);
    for (int run = 0; run < 200; run++) {
      ByteBudget one = new ByteBudget(100, 30);
      List<ByteBudget.Hold> unknown = new ArrayList<>();
      List<ByteBudget.Hold> underWay = new ArrayList<>();
      Map<ByteBudget.Hold, CompletableFuture<Void>> waiting = new LinkedHashMap<>();
      int uris = 0;
      for (int step = 0; step < 200; step++) {
        switch (random.nextInt(4)) {
          case 0 -> {
            uris++;
            take(() -> one.takeGrowing(1, NONE)).ifPresent(unknown::add);
          }
          case 1 -> take(() -> one.take(1 + random.nextInt(30), NONE)).ifPresent(underWay::add);
          case 2 -> any(unknown, random).ifPresent(h -> waiting.put(h, h.grow(random.nextInt(31))));
          default -> any(underWay, random).ifPresent(ByteBudget.Hold::done);
        }
        waiting.entrySet().stream()
            .filter(entry -> entry.getValue().isDone())
            .forEach(entry -> underWay.add(entry.getKey()));
        boolean ignored = waiting.values().removeIf(CompletableFuture::isDone);
        assertThat(one.held()).isLessThanOrEqualTo(100 + uris);
      }
      unknown.forEach(hold -> waiting.put(hold, hold.grow(30)));
      while (one.held() > 0) {
        underWay.forEach(ByteBudget.Hold::done);
        underWay.clear();
        waiting.forEach(
            (hold, grown) -> {
              if (grown.isDone()) {
                underWay.add(hold);
              }
            });
        boolean ignored = waiting.values().removeIf(CompletableFuture::isDone);
        assertThat(one.held() == 0 || !underWay.isEmpty()).as("someone goes on").isTrue();
      }
    }
  }

  private static Optional<ByteBudget.Hold> take(Callable<ByteBudget.Hold> taking) throws Exception {
    try {
      return Optional.of(taking.call());
    } catch (TimeoutException e) {
      return Optional.empty();
    }
  }

  private static Optional<ByteBudget.Hold> any(List<ByteBudget.Hold> holds, Random random) {
    return holds.isEmpty()
        ? Optional.empty()
        : Optional.of(holds.remove(random.nextInt(holds.size())));
  }
}
