package dev.framelabel.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ByteBudgetTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration NONE = Duration.ZERO;

  private final ByteBudget budget = new ByteBudget(100);

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
}
