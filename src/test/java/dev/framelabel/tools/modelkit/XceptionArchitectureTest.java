package dev.framelabel.tools.modelkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.model.ModelException;
import dev.framelabel.tools.modelkit.ModelFacts.Block;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class XceptionArchitectureTest {
  private static final XceptionArchitecture PAPER =
      new XceptionArchitecture(Flavour.KERAS, 1, List.of(), 1000);

  @Test
  void parameters_ofThePaper_areCounted() {
    assertThat(PAPER.trainable()).isEqualTo(22_855_952);
    assertThat(PAPER.statistics()).isEqualTo(54_528);
    assertThat(PAPER.units()).hasSize(2 + 34 + 4 + 1);
  }

  @Test
  void facts_ofTheBuiltModel_countThePapersParametersFromTheFile() {
    ModelFacts facts = Xception.random(1000, 1, 7).toModel(299, Vectors.metadata(1000)).facts();
    assertThat(facts.trainable()).isEqualTo(22_855_952);
    assertThat(facts.statistics()).isEqualTo(54_528);
    long added = 23_155_848 - 22_828_688;
    assertThat(facts.storedNumbers())
        .as("statistics are folded away; 728 channels are stored as 736")
        .isEqualTo(22_855_952 - 54_528 / 2 + added);
    assertThat(facts.blocks()).hasSize(15);
    assertThat(facts.blocks().get(1)).isEqualTo(new Block("block2", 35_264, 768, 613_262_528L));
    assertThat(facts.macs()).hasValue(8_357_403_496L);
    assertThat(facts.blocks().stream().mapToLong(Block::macs).sum()).isEqualTo(8_357_403_496L);
  }

  @ParameterizedTest
  @CsvSource({"71, false", "79, true", "299, true"})
  void flavours_padDifferently_whereAPoolingSeesAnEvenSide(int size, boolean differ) {
    boolean found = false;
    int side = ((size - 3) / 2 + 1) - 2;
    for (int pool = 0; pool < 4; pool++) {
      found |= Flavour.KERAS.padBefore(side) != Flavour.TORCH.padBefore(side);
      side = (side + 1) / 2;
    }
    assertThat(found).isEqualTo(differ);
    assertThat(Flavour.KERAS.padBefore(74)).isZero();
    assertThat(Flavour.KERAS.padBefore(147)).isEqualTo(1);
    assertThat(Flavour.KERAS.padAfter(74)).isEqualTo(1);
    assertThat(Flavour.TORCH.padBefore(74)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"3, 3", "4, 4", "8, 8", "16, 16", "91, 96", "182, 192", "364, 368", "728, 736"})
  void alignment_widensToWholeBlocks_whereThatIsCheap(int channels, int wide) {
    assertThat(Alignment.of(channels)).isEqualTo(wide);
  }

  @Test
  void alignment_keepsNumbersAtTheirPlaces() {
    Tensor tensor = new Tensor(List.of(2, 2, 1, 2), new float[] {1, 2, 3, 4, 5, 6, 7, 8});
    Tensor wide = Alignment.widen(tensor, List.of(3, 3, 1, 2));
    assertThat(wide.values()).containsExactly(1, 2, 3, 4, 0, 0, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  @Test
  void toModel_sameSeed_isTheSameFile() {
    ModelFile one = Xception.random(5, 0.05, 3).toModel(71, Vectors.metadata(5));
    ModelFile two = Xception.random(5, 0.05, 3).toModel(71, Vectors.metadata(5));
    ModelFile other = Xception.random(5, 0.05, 4).toModel(71, Vectors.metadata(5));
    assertThat(one.proto()).isEqualTo(two.proto()).isNotEqualTo(other.proto());
  }

  @Test
  void toModel_tooSmallOrLabelsOfAnotherCount_isRefused() {
    Xception network = Xception.random(5, 0.05, 3);
    assertThatThrownBy(() -> network.toModel(70, Vectors.metadata(5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("70")
        .hasMessageContaining("71");
    assertThatThrownBy(() -> network.toModel(71, Vectors.metadata(4)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("4 labels for 5 classes");
  }
}
