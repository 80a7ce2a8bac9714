package dev.framelabel.tools.camera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FolderSourceTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir private Path folder;

  @Test
  void read_folder_givesPicturesByName() throws Exception {
    write("b.JPG", 2);
    write("a.png", 1);
    write("c.txt", 3);
    write(".hidden.jpg", 4);
    TestSink sink = new TestSink(9);
    new FolderSource(folder).read(sink);
    assertThat(sink.files()).containsExactly(new byte[] {1}, new byte[] {2});
  }

  @Test
  void read_emptyFolder_isLost() {
    assertThatThrownBy(() -> new FolderSource(folder).read(new TestSink(1)))
        .hasMessageContaining("has no picture");
  }

  @Test
  void read_watchedFolder_givesWhatComesOnceAndWithItsTime() throws Exception {
    write("before.jpg", 0);
    TestSink sink = new TestSink(3);
    WatchedFolder source = new WatchedFolder(folder);
    source.read(new TestSink(0));
    CompletableFuture<Void> reading = CompletableFuture.runAsync(() -> read(source, sink));
    Path one = write("one.jpg", 1);
    await(sink, 1);
    write("two.jpg", 2);
    await(sink, 2);
    Files.setLastModifiedTime(
        one,
        java.nio.file.attribute.FileTime.from(
            Files.getLastModifiedTime(one).toInstant().plusSeconds(2)));
    reading.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(sink.files()).containsExactly(new byte[] {1}, new byte[] {2}, new byte[] {1});
    assertThat(sink.pictures().get(2).takenAt())
        .contains(Files.getLastModifiedTime(one).toInstant());
  }

  private static void read(PictureSource source, TestSink sink) {
    try {
      source.read(sink);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(TestSink sink, int pictures) {
    dev.framelabel.testing.cluster.Await.until(
        pictures + " pictures", LIMIT, () -> sink.pictures().size() >= pictures);
  }

  private Path write(String name, int content) throws Exception {
    return Files.write(folder.resolve(name), new byte[] {(byte) content});
  }
}
