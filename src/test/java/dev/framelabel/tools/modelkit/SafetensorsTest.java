package dev.framelabel.tools.modelkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.model.ModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SafetensorsTest {
  @TempDir private Path folder;

  @Test
  void read_whatWasWritten_isTheSame() throws IOException {
    Tensor tensor = new Tensor(List.of(2, 3), new float[] {1, -2, 3.5f, 0, 1e-20f, 9});
    Safetensors written = new Safetensors(Map.of("key", "value"), Map.of("a.b", tensor));
    Safetensors read = Safetensors.read(file(written.toBytes()));
    assertThat(read.metadata()).isEqualTo(written.metadata());
    assertThat(read.tensors().get("a.b").shape()).containsExactly(2, 3);
    assertThat(read.tensors().get("a.b").values()).containsExactly(tensor.values());
  }

  @Test
  void read_otherTypes_areConvertedAndIntegersLeftOut() throws IOException {
    String header =
        "{\"h\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[0,2]},"
            + "\"b\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[2,4]},"
            + "\"d\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[4,12]},"
            + "\"n\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[12,20]}}";
    ByteBuffer data = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    data.putShort((short) 0x3E00).putShort((short) 0x3FC0).putDouble(1.5).putLong(7);
    Map<String, Tensor> tensors = Safetensors.read(file(header, data.array())).tensors();
    assertThat(tensors).containsOnlyKeys("h", "b", "d");
    tensors.values().forEach(tensor -> assertThat(tensor.values()).containsExactly(1.5f));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 8, 20, 60, 90})
  void read_cutFile_isRefused(int bytes) throws IOException {
    Tensor tensor = new Tensor(List.of(4), new float[4]);
    byte[] whole = new Safetensors(Map.of(), Map.of("a", tensor)).toBytes();
    assertThat(whole.length).isGreaterThan(bytes);
    Path file = file(Arrays.copyOf(whole, bytes));
    assertThatThrownBy(() -> Safetensors.read(file))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(file.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1000,1004]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F8\",\"shape\":[1],\"data_offsets\":[0,1]}}",
        "{\"a\":{\"dtype\":\"F32\"}}",
        "[1, 2]",
        "no JSON at all"
      })
  void read_headerThatContradictsTheFile_isRefused(String header) throws IOException {
    Path file = file(header, new byte[8]);
    assertThatThrownBy(() -> Safetensors.read(file)).isInstanceOf(ModelException.class);
  }

  @Test
  void read_pyTorchCheckpoint_namesTheConverter() throws IOException {
    Path zip = file("PK\3\4 and more".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> Safetensors.read(zip))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("model/to_safetensors.py");
  }

  private Path file(String header, byte[] data) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer all =
        ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    return file(all.putLong(text.length).put(text).put(data).array());
  }

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("file.safetensors"), bytes);
  }
}
