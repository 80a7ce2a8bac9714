package dev.framelabel.tools.camera;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams of every shape: the pictures come out as they went in. */
final class MultipartReaderTest {
  private static final int LARGEST = 1 << 20;
  private static final Duration PATIENCE = Duration.ofHours(1);
  private static final String IN_NAMES =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'()+_,-./:=?";

  @Property(tries = 3_000)
  void read_anyShapeOfStreamInAnyPieces_givesItsPictures(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    Shape shape = Shape.any(random);
    List<byte[]> pictures = new ArrayList<>();
    byte[] stream = shape.write(random, pictures);
    for (int pieces = 0; pieces < 3; pieces++) {
      TestSink sink = new TestSink(Integer.MAX_VALUE);
      new MultipartReader(new Pieces(stream, random), shape.type(), LARGEST, PATIENCE).read(sink);
      assertThat(sink.files()).as(shape.toString()).containsExactlyElementsOf(pictures);
    }
  }

  /** Of bytes that are no stream at all, it says so, or reads to their end. */
  @Property(tries = 3_000)
  void read_damagedStream_endsOrSaysWhy(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    Shape shape = Shape.any(random);
    byte[] stream = shape.write(random, new ArrayList<>());
    for (int damages = random.nextInt(20); damages > 0; damages--) {
      stream[random.nextInt(stream.length)] = (byte) "\r\n-: \0\u00FFa".charAt(random.nextInt(8));
    }
    TestSink sink = new TestSink(Integer.MAX_VALUE);
    try {
      new MultipartReader(new Pieces(stream, random), shape.type(), LARGEST, PATIENCE).read(sink);
    } catch (IOException e) {
      assertThat(e).hasMessageMatching("(?s)a p(art|icture) of the stream .*");
    }
    assertThat(sink.files()).allMatch(file -> PictureFile.format(file).isPresent());
  }

  /** The boundary behind a picture comes with the next picture only. */
  @Test
  void read_wholePictureOfItsLength_doesNotWaitForTheNext() throws Exception {
    byte[] picture = TestFrames.fakePicture(1);
    String part = "--b\r\nContent-Length: " + picture.length + "\r\n\r\n";
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    stream.write(part.getBytes(ISO_8859_1));
    stream.write(picture);
    TestSink sink = new TestSink(1);
    InputStream endless =
        new java.io.SequenceInputStream(
            new ByteArrayInputStream(stream.toByteArray()),
            new InputStream() {
              @Override
              public int read() {
                throw new AssertionError("waits for more");
              }

              @Override
              public int read(byte[] into, int at, int most) {
                return read();
              }
            });
    new MultipartReader(endless, "multipart/x-mixed-replace; boundary=b", LARGEST, PATIENCE)
        .read(sink);
    assertThat(sink.files()).containsExactly(picture);
  }

  @Test
  void read_textPartsOnly_areLostAndNamedOnceTheyHaveTakenTooLong() {
    byte[] stream =
        "--b\r\nContent-Type: text/plain\r\n\r\nmotion=1\r\n--b--\r\n".getBytes(ISO_8859_1);
    assertThatThrownBy(
            () ->
                new MultipartReader(
                        new ByteArrayInputStream(stream), "multipart/mixed", LARGEST, Duration.ZERO)
                    .read(new TestSink(1)))
        .hasMessageContaining("no picture: text/plain, 8 bytes, begins with motion=1");
  }

  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  @ParameterizedTest
  @ValueSource(
      strings = {
        "|x\r\n",
        "|x",
        "|--\r\n",
        "|--b-\r\n",
        "--b\r\n|no colon\r\n",
        "--b\r\n|X-Same: 1\r\n",
        "|--b\r\n\r\n",
        "--b\r\nContent-Length: 4\r\n\r\n\u00FF\u00D8\u00FF\u00D9|x\r\n",
        "--b\r\n\r\n|x\r\n",
      })
  void read_streamWithoutAPictureForEver_endsWithinItsBoundOrAtStop(String stream)
      throws Exception {
    Endless endless = new Endless(stream, () -> {});
    assertThatThrownBy(() -> reader(endless).read(new TestSink(Integer.MAX_VALUE)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected");
    assertThat(endless.given()).isLessThan(3 * LARGEST);

    for (int most : new int[] {1, 2}) {
      TestSink sink = new TestSink(most);
      Endless stopped =
          new Endless(
              stream, () -> sink.take(CapturedPicture.of(new byte[] {1}, Optional.empty())));
      try {
        reader(stopped).read(sink);
      } catch (IOException e) {
        assertThat(e).as("before it was told to stop").hasMessageContaining("header lines");
      }
      assertThat(stopped.given()).isLessThan(LARGEST);
    }
  }

  private static MultipartReader reader(InputStream in) {
    return new MultipartReader(in, "multipart/x-mixed-replace; boundary=b", LARGEST, PATIENCE);
  }

  @Test
  void read_timestampThatIsNoNumber_isNone() throws Exception {
    for (String time : List.of("yesterday", "", "1e999999999", "NaN", "-1e300")) {
      byte[] stream =
          ("--b\r\nX-Timestamp: " + time + "\r\n\r\n\u00FF\u00D8\u00FF\r\n--b--\r\n")
              .getBytes(ISO_8859_1);
      TestSink sink = new TestSink(1);
      new MultipartReader(new ByteArrayInputStream(stream), "", LARGEST, PATIENCE).read(sink);
      assertThat(sink.pictures()).hasSize(1);
      assertThat(sink.pictures().get(0).takenAt().filter(CameraTime::canBe)).isEmpty();
    }
    assertThat(CameraTime.canBe(Instant.ofEpochSecond(86_400 * 365))).as("uptime").isFalse();
  }

  /**
   * How a camera writes its stream.
   *
   * @param type its content type
   * @param line the boundary as it is written
   * @param end of lines
   * @param before the first part, without its boundary
   * @param firstBoundary whether the first part has one
   */
  private record Shape(String type, String line, String end, String before, boolean firstBoundary) {
    static Shape any(Random random) {
      String name = name(random);
      boolean dashed = random.nextInt(4) == 0;
      String said = dashed ? "--" + name : name;
      boolean quoted = random.nextBoolean();
      String key = random.nextBoolean() ? "boundary=" : "Boundary=";
      String type =
          "multipart/x-mixed-replace;"
              + (random.nextBoolean() ? " charset=utf-8; " : "")
              + key
              + (quoted ? "\"" + said + "\"" : said)
              + (random.nextInt(4) == 0 ? " ; version=1" : "");
      boolean announcedWrong = random.nextInt(6) == 0;
      boolean first = announcedWrong || random.nextInt(4) > 0;
      String end = random.nextBoolean() ? "\r\n" : "\n";
      return new Shape(
          announcedWrong ? "multipart/x-mixed-replace; boundary=other" : type,
          "--" + name,
          end,
          first ? before(random, end) : "",
          first);
    }

    private static String name(Random random) {
      StringBuilder name = new StringBuilder();
      for (int left = 4 + random.nextInt(30); left > 0; left--) {
        name.append(IN_NAMES.charAt(random.nextInt(IN_NAMES.length())));
      }
      return name.toString();
    }

    private static String before(Random random, String end) {
      return switch (random.nextInt(4)) {
        case 0 -> "This is a stream: of parts" + end + "-- in many parts" + end + end;
        case 1 -> end + end;
        case 2 -> "x".repeat(20_000) + end;
        default -> "";
      };
    }

    /** Writes a stream, and adds its pictures to those of the caller. */
    byte[] write(Random random, List<byte[]> pictures) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(before.getBytes(ISO_8859_1));
      boolean bounded = firstBoundary;
      for (int left = 1 + random.nextInt(5); left > 0; left--) {
        if (bounded) {
          out.write((line + padding(random) + end).getBytes(ISO_8859_1));
        }
        bounded = true;
        boolean text = random.nextInt(4) == 0;
        byte[] body = text ? "motion=false".getBytes(ISO_8859_1) : picture(random, line);
        String type = text ? "text/plain" : "image/jpeg";
        out.write(
            ("Content-Type: " + type + end + length(random, body) + end).getBytes(ISO_8859_1));
        out.write(body);
        out.write(end.getBytes(ISO_8859_1));
        if (!text) {
          pictures.add(body);
        }
      }
      out.write((line + "--" + end + "the end" + end).getBytes(ISO_8859_1));
      return out.toByteArray();
    }

    private static String padding(Random random) {
      return random.nextInt(8) == 0 ? " \t" : "";
    }

    /** The header with the length: right, wrong in every way, or none. */
    private String length(Random random, byte[] body) {
      int wrong = 1 + random.nextInt(3_000);
      boolean misleading =
          wrong < body.length && PictureFile.isWhole(java.util.Arrays.copyOf(body, wrong));
      String length =
          switch (random.nextInt(5)) {
            case 0 -> "";
            case 1 -> misleading ? "" : Integer.toString(wrong);
            case 2 -> List.of("-1", "many", "0", "99999999999999999999").get(random.nextInt(4));
            default -> Integer.toString(body.length);
          };
      return length.isEmpty() ? "" : "content-LENGTH:" + length + end;
    }
  }

  /** A file that begins as a picture, and may hold, and end with, what the stream is made of. */
  private static byte[] picture(Random random, String boundary) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(
        List.of("\u00FF\u00D8\u00FF", "\u0089PNG\r\n\u001A\n", "RIFF\7\0\0\0WEBPVP8 ")
            .get(random.nextInt(3))
            .getBytes(ISO_8859_1));
    List<String> awkward =
        List.of("\r", "\n", "\r\n", "--", "\r\n--", boundary, "\nX-A: b\r\n", "\u00FF\u00D9");
    for (int left = random.nextInt(60); left > 0; left--) {
      String piece = awkward.get(random.nextInt(awkward.size()));
      boolean isLine = piece.equals(boundary);
      file.write(
          random.nextBoolean()
              ? new byte[] {(byte) random.nextInt(256)}
              : (isLine ? piece + "x" : piece).getBytes(ISO_8859_1));
    }
    if (random.nextBoolean()) {
      file.write(new byte[] {(byte) 0xFF, (byte) 0xD9});
    }
    return file.toByteArray();
  }

  /** Gives what stands before the bar once, then what stands behind it for ever. */
  private static final class Endless extends InputStream {
    private static final int TELL_AFTER = 2_000;
    private final byte[] stream;
    private final int again;
    private final Runnable tell;
    private int at;
    private int given;

    /**
     * @param tell run with each piece once some have been read
     */
    Endless(String stream, Runnable tell) {
      this.stream = stream.replace("|", "").getBytes(ISO_8859_1);
      this.again = stream.indexOf('|');
      this.tell = tell;
    }

    int given() {
      return given;
    }

    @Override
    public int read() {
      byte next = stream[at++];
      at = at == stream.length ? again : at;
      given++;
      return next & 0xFF;
    }

    @Override
    public int read(byte[] into, int from, int most) {
      int count = Math.min(most, 100);
      for (int i = 0; i < count; i++) {
        into[from + i] = (byte) read();
      }
      if (given > TELL_AFTER) {
        tell.run();
      }
      return count;
    }
  }

  /** Gives its bytes as a network does. */
  private static final class Pieces extends ByteArrayInputStream {
    private final Random random;

    Pieces(byte[] bytes, Random random) {
      super(bytes);
      this.random = random;
    }

    @Override
    public synchronized int read(byte[] into, int at, int most) {
      return super.read(
          into, at, Math.min(most, 1 + random.nextInt(random.nextBoolean() ? 3 : 900)));
    }
  }
}
