package dev.framelabel.tools.camera;

import static dev.framelabel.tools.camera.TestFrames.fakePicture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.RandomAccessFile;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
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
    assertThat(sink.files()).containsExactly(fakePicture(1), fakePicture(2));
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
    assertThat(sink.files()).containsExactly(fakePicture(1), fakePicture(2), fakePicture(1));
    assertThat(sink.pictures().get(2).takenAt())
        .contains(Files.getLastModifiedTime(one).toInstant());
  }

  /** A folder, a pipe that nobody writes, a link to itself, a file that is too large, a page. */
  private List<String> writeWhatIsNoPicture() throws Exception {
    Files.createDirectory(folder.resolve("folder.jpg"));
    Path link = folder.resolve("link.jpg");
    Files.createSymbolicLink(link, link);
    int made =
        new ProcessBuilder("mkfifo", folder.resolve("pipe.jpg").toString()).start().waitFor();
    assertThat(made).isZero();
    try (RandomAccessFile large =
        new RandomAccessFile(folder.resolve("large.jpg").toFile(), "rw")) {
      large.setLength(3L << 30);
    }
    Files.writeString(folder.resolve("page.jpg"), "<html>404</html>");
    return List.of("folder.jpg", "link.jpg", "pipe.jpg", "large.jpg", "page.jpg");
  }

  private static void assertRefused(TestSink sink, List<String> names) {
    assertThat(sink.refusals()).hasSameSizeAs(names);
    for (String name : names) {
      assertThat(sink.refusals())
          .anyMatch(why -> why.contains("skipped " + name) && why.contains("expected a readable"));
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void read_folderWithWhatIsNoPicture_skipsItAndSaysSo() throws Exception {
    List<String> bad = writeWhatIsNoPicture();
    write("a.jpg", 1);
    write("z.jpg", 2);
    TestSink sink = new TestSink(9);
    new FolderSource(folder).read(sink);
    assertThat(sink.files()).containsExactly(fakePicture(1), fakePicture(2));
    assertRefused(sink, bad);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void read_watchedFolderWithWhatIsNoPicture_skipsItAndSaysSoOnce() throws Exception {
    TestSink sink = new TestSink(2);
    WatchedFolder source = new WatchedFolder(folder);
    source.read(new TestSink(0));
    CompletableFuture<Void> reading = CompletableFuture.runAsync(() -> read(source, sink));
    List<String> bad = writeWhatIsNoPicture();
    dev.framelabel.testing.cluster.Await.until(
        "all are refused", LIMIT, () -> sink.refusals().size() >= bad.size());
    write("one.jpg", 1);
    await(sink, 1);
    write("two.jpg", 2);
    reading.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(sink.files()).containsExactly(fakePicture(1), fakePicture(2));
    assertRefused(sink, bad);
  }

  @Test
  void read_fileThatIsNoPicture_isNotPublishedAndSaysWhatItIs() throws Exception {
    Files.writeString(folder.resolve("a.jpg"), "<html>404</html>");
    Files.createFile(folder.resolve("b.jpg"));
    TestSink sink = new TestSink(9);
    new FolderSource(folder).read(sink);
    assertThat(sink.pictures()).isEmpty();
    assertThat(sink.refusals())
        .containsExactly(
            "skipped a.jpg: it is no picture: 16 bytes, begins with <html>404</html>; expected a"
                + " readable picture file",
            "skipped b.jpg: it is no picture: 0 bytes; expected a readable picture file");
  }

  @Test
  void refusal_fileWithoutPermission_saysSo() {
    assertThat(FolderSource.refusal(folder.resolve("a.jpg"), new AccessDeniedException("a.jpg")))
        .isEqualTo("skipped a.jpg: this user may not read it; expected a readable picture file");
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
    return Files.write(folder.resolve(name), fakePicture(content));
  }
}
