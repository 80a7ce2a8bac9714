package dev.framelabel.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.config.ImageUriPrefixes;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Image;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.TestEvents;
import dev.framelabel.testing.cluster.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ClaimCheckTest {
  private static final int MAX_BYTES = 1_000;
  private static final Duration LONG = Duration.ofSeconds(50);

  @TempDir private Path folder;
  private Path allowed;
  private Path secret;

  @BeforeEach
  void makeFiles() throws IOException {
    allowed = Files.createDirectories(folder.resolve("frames"));
    secret = Files.write(folder.resolve("secret.jpg"), new byte[] {9});
    Files.write(allowed.resolve("Süd 1.jpg"), new byte[] {1, 2, 3});
    Files.write(allowed.resolve("large.jpg"), new byte[MAX_BYTES + 1]);
    Files.write(allowed.resolve("largest.jpg"), new byte[MAX_BYTES]);
    Path ignored = Files.createSymbolicLink(allowed.resolve("link.jpg"), secret);
    ignored = Files.createSymbolicLink(allowed.resolve("own.jpg"), allowed.resolve("Süd 1.jpg"));
    ignored = Files.createDirectories(allowed.resolve("folder.jpg"));
  }

  @Test
  void resolve_fileInAnAllowedPlace_isTheFrameWithItsImage() {
    Frame read = (Frame) resolve(allowed.resolve("Süd 1.jpg").toUri().toString());
    assertThat(read.image()).isEqualTo(Image.encoded(new byte[] {1, 2, 3}));
    assertThat(read.headers()).isEqualTo(TestEvents.traced().headers());
    assertThat(((Frame) resolve(uri("largest.jpg"))).image().bytes().length()).isEqualTo(MAX_BYTES);
    assertThat(resolve(uri("own.jpg"))).isInstanceOf(Frame.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:ALLOWED/../secret.jpg",
        "file:ALLOWED/%2e%2e/secret.jpg",
        "file:ALLOWED/..%2Fsecret.jpg",
        "file:ALLOWED/./x.jpg",
        "file:ALLOWED//x.jpg",
        "file:ALLOWED/a%5C..%5Cx.jpg",
        "file:ALLOWED/a%00.jpg",
        "file:ALLOWED/a.jpg?x=1",
        "file:ALLOWED/a.jpg#x",
        "file://host/ALLOWED/a.jpg",
        "file:ALLOWED-other/a.jpg",
        "file:ALLOWED/../../../../etc/passwd",
        "file:/etc/passwd",
        "ALLOWED/a.jpg",
        "s3://bucket/ALLOWED/a.jpg",
        "http://169.254.169.254/latest",
        "file:a.jpg",
        "not a uri",
        ""
      })
  void resolve_anywhereElse_isRefused(String uri) {
    RejectedFrame rejected = (RejectedFrame) resolve(uri.replace("ALLOWED", allowed.toString()));
    assertThat(rejected.kind()).isEqualTo(RejectionKind.IMAGE_URI_REFUSED);
    assertThat(rejected.content()).isEqualTo(RejectedFrame.Content.IMAGE_URI);
  }

  @Test
  void resolve_linkThatLeadsOut_isRefused() {
    assertRejected(uri("link.jpg"), RejectionKind.IMAGE_URI_REFUSED, "is a link to a file outside");
  }

  @Test
  void resolve_nothingAllowed_saysSo() {
    ImageFetcher store = new ImageFetcher(new ImageUriPrefixes(""), MAX_BYTES);
    RejectedFrame rejected = (RejectedFrame) resolve(store::find, LONG, uri("own.jpg"));
    assertThat(rejected.kind()).isEqualTo(RejectionKind.IMAGE_URI_REFUSED);
    assertThat(rejected.reason()).contains("--image-uri-prefixes is empty");
  }

  @Test
  void resolve_missingFolderOrTooLarge_isItsKind() {
    assertRejected(uri("missing.jpg"), RejectionKind.IMAGE_NOT_FOUND, "no file is at file:");
    assertRejected(uri("folder.jpg"), RejectionKind.IMAGE_NOT_FOUND, "is no regular file");
    assertRejected(uri("large.jpg"), RejectionKind.IMAGE_TOO_LARGE, "allows 1000");
  }

  @Test
  void resolve_fileSystemThatFlinkHasNot_isReadFailed() {
    ImageFetcher store =
        new ImageFetcher(new ImageUriPrefixes("nosuch://bucket/frames/"), MAX_BYTES);
    RejectedFrame rejected =
        (RejectedFrame) resolve(store::find, LONG, "nosuch://bucket/frames/a.jpg");
    assertThat(rejected.kind()).isEqualTo(RejectionKind.IMAGE_READ_FAILED);
    assertThat(rejected.reason()).contains("nosuch");
  }

  @Test
  void resolve_clientThatThrows_isReadFailed() {
    ClaimCheck.Reader broken =
        uri -> {
          throw new IllegalStateException("no credentials");
        };
    RejectedFrame rejected = (RejectedFrame) resolve(broken, LONG, "s3://b/a.jpg");
    assertThat(rejected.kind()).isEqualTo(RejectionKind.IMAGE_READ_FAILED);
    assertThat(rejected.reason()).contains("no credentials");
  }

  /** One thread: the second image is only read if the first, which hangs, is given up. */
  @Test
  void resolve_readingThatHangs_isGivenUpAndTheNextIsRead() {
    CountDownLatch never = new CountDownLatch(1);
    ClaimCheck.Reader hanging =
        uri ->
            new ClaimCheck.Found(
                1,
                () -> {
                  if (uri.endsWith("hangs.jpg")) {
                    try {
                      boolean ignored = never.await(50, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                      throw new IOException(e);
                    }
                  }
                  return new byte[] {5};
                });
    try (ClaimCheck claims = new ClaimCheck(hanging, Duration.ofMillis(300), 1)) {
      CompletableFuture<FrameEvent> first =
          claims.resolve(frame("file:/a/hangs.jpg"), ClaimCheckTest::room, () -> {});
      CompletableFuture<FrameEvent> second =
          claims.resolve(frame("file:/a/b.jpg"), ClaimCheckTest::room, () -> {});
      RejectedFrame rejected = (RejectedFrame) first.join();
      assertThat(rejected.kind()).isEqualTo(RejectionKind.IMAGE_READ_TIMEOUT);
      assertThat(rejected.reason()).contains("--image-uri-timeout 300 ms");
      assertThat(second.join()).isInstanceOf(Frame.class);
    }
  }

  /** Returns a file system that takes no notice of an interrupt, as a driver's own code may. */
  static ClaimCheck.Reader stubborn(byte[] bytes, CountDownLatch end) {
    return uri ->
        new ClaimCheck.Found(
            bytes.length,
            () -> {
              boolean ended = false;
              while (!ended) {
                try {
                  ended = end.await(50, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                  // It goes on.
                }
              }
              return bytes;
            });
  }

  /** Returns a file system that is stubborn about some files only. */
  private static ClaimCheck.Reader hanging(CountDownLatch end) {
    byte[] bytes = new byte[MAX_BYTES];
    return uri ->
        uri.endsWith("hangs.jpg")
            ? stubborn(bytes, end).find(uri)
            : new ClaimCheck.Found(MAX_BYTES, () -> bytes);
  }

  /** The bytes are in memory until the reading ends. */
  @Test
  void resolve_readingThatGoesOnAfterItsTime_countsUntilItEnds() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    ClaimCheck.Reader stubborn = stubborn(new byte[MAX_BYTES], end);
    ByteBudget budget = new ByteBudget(10 * MAX_BYTES, MAX_BYTES);
    ByteBudget.Hold hold = budget.takeGrowing(0);
    ManualTimer timer = new ManualTimer();
    try (ClaimCheck claims = new ClaimCheck(stubborn, LONG, 1, timer)) {
      CompletableFuture<FrameEvent> outcome =
          claims
              .resolve(
                  frame("file:/a/b.jpg"),
                  bytes -> hold.grow(bytes).thenRun(hold::keep),
                  hold::letGo)
              .whenComplete((done, failure) -> hold.done());
      awaitReading(timer, budget, 1);
      timer.advance(LONG);
      assertThat(((RejectedFrame) outcome.join()).kind())
          .isEqualTo(RejectionKind.IMAGE_READ_TIMEOUT);
      assertThat(budget.held()).isEqualTo(MAX_BYTES);
      end.countDown();
      Await.until("the bytes are let go of", LONG, () -> budget.held() == 0);
    }
  }

  /** Waits until so many images are being read, and nothing else runs. */
  private static void awaitReading(ManualTimer timer, ByteBudget budget, int images) {
    Await.until(
        images + " images are being read",
        LONG,
        () -> budget.held() == (long) images * MAX_BYTES && timer.waiting() == images);
  }

  private static CompletableFuture<FrameEvent> resolve(
      ClaimCheck claims, ByteBudget.Hold hold, String uri) {
    return claims
        .resolve(frame(uri), bytes -> hold.grow(bytes).thenRun(hold::keep), hold::letGo)
        .whenComplete((done, failure) -> hold.done());
  }

  /** Without a bound, one such reading would hold up all that comes after it for ever. */
  @Test
  void resolve_readingThatHangs_givesItsRoomToTheNextAfterItsTimeOnceMore() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    ByteBudget budget = new ByteBudget(MAX_BYTES, MAX_BYTES);
    ManualTimer timer = new ManualTimer();
    try (ClaimCheck claims = new ClaimCheck(hanging(end), LONG, 2, timer)) {
      CompletableFuture<FrameEvent> first =
          resolve(claims, budget.takeGrowing(0), "file:/a/hangs.jpg");
      awaitReading(timer, budget, 1);
      CompletableFuture<FrameEvent> second =
          resolve(claims, budget.takeGrowing(0), "file:/a/b.jpg");
      timer.advance(LONG);
      assertThat(((RejectedFrame) first.join()).kind()).isEqualTo(RejectionKind.IMAGE_READ_TIMEOUT);
      assertThat(second).as("waits for room").isNotDone();
      assertThat(budget.hasRoom(1, false)).isFalse();
      timer.advance(LONG);
      assertThat(second.get(30, TimeUnit.SECONDS)).isInstanceOf(Frame.class);
      assertThat(budget.hasRoom(1, false)).isTrue();
      end.countDown();
    }
  }

  /** Many wait for room and others for a thread: none of them waits for ever. */
  @Test
  void resolve_allThreadsHang_rejectsWhatWaitsUntilOneIsFree() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch bothHang = new CountDownLatch(1);
    ClaimCheck.Reader some = hanging(end);
    ClaimCheck.Reader reader =
        uri -> {
          if (uri.endsWith("lost.jpg")) {
            bothHang.countDown();
            byte[] ignored = stubborn(new byte[0], end).find(uri).read().run();
          }
          return some.find(uri);
        };
    ByteBudget budget = new ByteBudget(MAX_BYTES, MAX_BYTES);
    ManualTimer timer = new ManualTimer();
    try (ClaimCheck claims = new ClaimCheck(reader, LONG, 2, timer)) {
      CompletableFuture<FrameEvent> ignored =
          resolve(claims, budget.takeGrowing(0), "file:/a/hangs.jpg");
      awaitReading(timer, budget, 1);
      List<CompletableFuture<FrameEvent>> waiting = new ArrayList<>();
      for (int i = 0; i < 5_000; i++) {
        waiting.add(resolve(claims, budget.takeGrowing(0), "file:/a/room.jpg"));
      }
      ignored = resolve(claims, budget.takeGrowing(0), "file:/a/lost.jpg");
      bothHang.await();
      for (int i = 0; i < 10; i++) {
        waiting.add(resolve(claims, budget.takeGrowing(0), "file:/a/thread.jpg"));
      }
      timer.advance(LONG);
      assertThat(waiting).noneMatch(CompletableFuture::isDone);
      timer.advance(LONG);
      waiting.add(resolve(claims, budget.takeGrowing(0), "file:/a/late.jpg"));
      while (timer.waiting() > 0) {
        timer.advance(Duration.ZERO);
      }
      for (CompletableFuture<FrameEvent> outcome : waiting) {
        assertThat(outcome).isCompleted();
        RejectedFrame rejected = (RejectedFrame) outcome.join();
        assertThat(rejected.kind()).isEqualTo(RejectionKind.IMAGE_READ_TIMEOUT);
        assertThat(rejected.reason()).contains("all 2 --image-uri-threads hang");
      }
      assertThat(budget.held()).isZero();

      end.countDown();
      Await.until(
          "a thread is free",
          LONG,
          () -> {
            CompletableFuture<FrameEvent> next =
                claims.resolve(frame("file:/a/b.jpg"), ClaimCheckTest::room, () -> {});
            timer.advance(Duration.ZERO);
            return next.join() instanceof Frame;
          });
    }
  }

  @Test
  void resolve_fileThatGrowsOrShrinksWhileItIsRead_isReadFailed() throws Exception {
    ImageFetcher store = new ImageFetcher(new ImageUriPrefixes("file:" + allowed + "/"), MAX_BYTES);
    for (int bytes : new int[] {2, 4}) {
      Files.write(allowed.resolve("changes.jpg"), new byte[3]);
      ClaimCheck.Reader changing =
          uri -> {
            ClaimCheck.Found found = store.find(uri);
            Files.write(allowed.resolve("changes.jpg"), new byte[bytes]);
            return found;
          };
      RejectedFrame rejected = (RejectedFrame) resolve(changing, LONG, uri("changes.jpg"));
      assertThat(rejected.kind()).isEqualTo(RejectionKind.IMAGE_READ_FAILED);
      assertThat(rejected.reason()).contains("had 3 bytes and was changed");
    }
  }

  @Test
  void resolve_noRoom_readsNothingUntilThereIs() {
    CompletableFuture<Long> asked = new CompletableFuture<>();
    CompletableFuture<Void> room = new CompletableFuture<>();
    ImageFetcher store = new ImageFetcher(new ImageUriPrefixes("file:" + allowed + "/"), MAX_BYTES);
    AtomicBoolean read = new AtomicBoolean();
    ClaimCheck.Reader watched =
        uri -> {
          ClaimCheck.Found found = store.find(uri);
          return new ClaimCheck.Found(
              found.size(),
              () -> {
                read.set(true);
                return found.read().run();
              });
        };
    try (ClaimCheck claims = new ClaimCheck(watched, LONG, 1)) {
      CompletableFuture<FrameEvent> result =
          claims.resolve(
              frame(uri("largest.jpg")),
              bytes -> {
                boolean ignored = asked.complete(bytes);
                return room;
              },
              () -> {});
      assertThat(asked.join()).isEqualTo(MAX_BYTES);
      // The only thread is free for the next: waiting for room holds none.
      assertThat(claims.resolve(frame(uri("own.jpg")), ClaimCheckTest::room, () -> {}).join())
          .isInstanceOf(Frame.class);
      assertThat(result).isNotDone();
      read.set(false);
      boolean ignored = room.complete(null);
      assertThat(((Frame) result.join()).image().bytes().length()).isEqualTo(MAX_BYTES);
      assertThat(read).isTrue();
    }
  }

  private void assertRejected(String uri, RejectionKind kind, String reason) {
    RejectedFrame rejected = (RejectedFrame) resolve(uri);
    assertThat(rejected.kind()).isEqualTo(kind);
    assertThat(rejected.reason()).contains(reason);
    assertThat(rejected.original()).isEqualTo(Image.reference(uri).bytes());
  }

  private String uri(String name) {
    return "file:" + allowed.resolve(name);
  }

  private FrameEvent resolve(String uri) {
    ImageFetcher store = new ImageFetcher(new ImageUriPrefixes("file:" + allowed + "/"), MAX_BYTES);
    return resolve(store::find, LONG, uri);
  }

  private static FrameEvent resolve(ClaimCheck.Reader reader, Duration limit, String uri) {
    try (ClaimCheck claims = new ClaimCheck(reader, limit, 2)) {
      return claims.resolve(frame(uri), ClaimCheckTest::room, () -> {}).join();
    }
  }

  static Frame frame(String uri) {
    return new Frame(
        "cam",
        "f",
        TestEvents.CAPTURED,
        Image.reference(uri),
        Map.of(),
        TestEvents.SOURCE,
        TestEvents.traced().headers());
  }

  private static CompletableFuture<Void> room(long bytes) {
    return CompletableFuture.completedFuture(null);
  }
}
