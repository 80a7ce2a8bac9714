package dev.framelabel.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ByteBudgetTest {
  private final ByteBudget budget = new ByteBudget(100, 30);

  @Test
  void take_upToTheLimit_passesAndMoreWaitsForRoom() throws Exception {
    ByteBudget.Hold first = budget.take(60);
    ByteBudget.Hold second = budget.take(40);
    assertThat(budget.held()).isEqualTo(100);
    CompletableFuture<ByteBudget.Hold> waiting = taking(1);
    first.done();
    ByteBudget.Hold third = waiting.get(30, TimeUnit.SECONDS);
    assertThat(budget.held()).isEqualTo(41);
    second.done();
    second.done();
    third.done();
    assertThat(budget.held()).isZero();
  }

  @Test
  void take_interruptedWhileItWaits_endsAsACancelledTaskMust() throws Exception {
    ByteBudget.Hold ignored = budget.take(100);
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    Thread task =
        new Thread(
            () -> {
              try {
                ByteBudget.Hold unused = budget.take(1);
                end.complete(null);
              } catch (InterruptedException e) {
                end.complete(e);
              }
            });
    task.start();
    task.interrupt();
    assertThat(end.get(30, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
  }

  @Test
  void keep_ofWhatIsDone_countsUntilItIsLetGo() throws Exception {
    ByteBudget.Hold onDevice = budget.take(60);
    ByteBudget.Hold other = budget.take(40);
    onDevice.keep();
    onDevice.done();
    other.done();
    assertThat(budget.held()).as("what comes after it is free").isEqualTo(60);
    CompletableFuture<ByteBudget.Hold> waiting = taking(41);
    budget.take(40).done();
    assertThat(waiting).isNotDone();
    onDevice.letGo();
    onDevice.letGo();
    waiting.get(30, TimeUnit.SECONDS).done();
    assertThat(budget.held()).isZero();
  }

  @Test
  void letGo_beforeItIsDone_countsUntilThen() throws Exception {
    ByteBudget.Hold hold = budget.take(60);
    hold.keep();
    hold.letGo();
    assertThat(budget.held()).isEqualTo(60);
    hold.done();
    hold.keep();
    assertThat(budget.held()).isZero();
  }

  private CompletableFuture<ByteBudget.Hold> taking(long bytes) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return budget.take(bytes);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void done_outOfOrder_countsUntilThoseBeforeAreDone() throws Exception {
    ByteBudget.Hold first = budget.take(10);
    ByteBudget.Hold second = budget.take(20);
    second.done();
    assertThat(budget.held()).isEqualTo(30);
    first.done();
    assertThat(budget.held()).isZero();
  }

  @Test
  void take_moreThanTheLimit_passesAlone() throws Exception {
    ByteBudget.Hold small = budget.take(1);
    CompletableFuture<ByteBudget.Hold> waiting = taking(101);
    assertThat(waiting).isNotDone();
    small.done();
    waiting.get(30, TimeUnit.SECONDS).done();
    assertThat(budget.held()).isZero();
  }

  @Test
  void grow_withRoom_isAtOnceAndWithoutItWaits() throws Exception {
    ByteBudget.Hold first = budget.takeGrowing(1);
    ByteBudget.Hold second = budget.takeGrowing(1);
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
    ByteBudget.Hold first = budget.takeGrowing(1);
    ByteBudget.Hold second = budget.takeGrowing(1);
    CompletableFuture<Void> grown = second.grow(98);
    assertThat(grown).isNotDone();
    assertThat(first.grow(90)).isCompleted();
    assertThat(grown).isNotDone();
    first.done();
    assertThat(grown).isCompleted();
  }

  @Test
  void grow_earlierOneIsDoneWithoutGrowing_isNotHeldUpByIt() throws Exception {
    ByteBudget.Hold first = budget.takeGrowing(1);
    ByteBudget.Hold second = budget.takeGrowing(1);
    CompletableFuture<Void> grown = second.grow(50);
    first.done();
    assertThat(grown).isCompleted();
    assertThat(first.grow(1)).isNotDone();
    assertThat(budget.held()).isEqualTo(51);
  }

  @Test
  void grow_moreThanTheLimit_waitsUntilItIsTheFirst() throws Exception {
    ByteBudget.Hold first = budget.take(50);
    ByteBudget.Hold second = budget.takeGrowing(1);
    CompletableFuture<Void> grown = second.grow(1_000);
    assertThat(grown).isNotDone();
    first.done();
    assertThat(grown).isCompleted();
  }

  @Test
  void take_whileOneIsToGrow_leavesRoomForIt() throws Exception {
    ByteBudget.Hold first = budget.takeGrowing(1);
    ByteBudget.Hold second = budget.take(69);
    assertThat(budget.hasRoom(1, false)).isFalse();
    assertThat(first.grow(30)).isCompleted();
    first.done();
    second.done();
    budget.take(100).done();
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
            if (one.hasRoom(1, true)) {
              unknown.add(one.takeGrowing(1));
            }
          }
          case 1 -> {
            int bytes = 1 + random.nextInt(30);
            if (one.hasRoom(bytes, false)) {
              underWay.add(one.take(bytes));
            }
          }
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

  /** The device keeps what was rejected: the next image by reference waits for it. */
  @Test
  void grow_whileTheDeviceKeepsBytes_waitsForThem() throws Exception {
    ByteBudget.Hold onDevice = budget.take(60);
    ByteBudget.Hold first = budget.takeGrowing(1);
    onDevice.keep();
    onDevice.done();
    CompletableFuture<Void> grown = first.grow(60);
    assertThat(grown).isNotDone();
    onDevice.letGo();
    assertThat(grown).isCompleted();
    assertThat(budget.held()).isEqualTo(61);
  }

  private static Optional<ByteBudget.Hold> any(List<ByteBudget.Hold> holds, Random random) {
    return holds.isEmpty()
        ? Optional.empty()
        : Optional.of(holds.remove(random.nextInt(holds.size())));
  }
}
