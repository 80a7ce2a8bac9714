package dev.framelabel.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContestTest {
  @Test
  void run_eachRound_beginsWithAnotherAndComparesWithTheOneEnteredFirst() throws Exception {
    List<String> turns = new ArrayList<>();
    Contest contest = new Contest();
    for (int i = 1; i <= 3; i++) {
      double figure = 10.0 * i;
      contest.enter("c" + i, () -> figure);
    }
    List<Contest.Result> results =
        contest.run(2, (round, name, figure) -> turns.add(round + name), (rounds, soFar) -> {});
    assertThat(turns)
        .containsExactly("0c1", "0c2", "0c3", "1c2", "1c3", "1c1", "2c3", "2c1", "2c2");
    assertThat(results).extracting(Contest.Result::name).containsExactly("c1", "c2", "c3");
    assertThat(results).extracting(Contest.Result::ratio).containsExactly(1.0, 2.0, 3.0);
  }
}
