package dev.framelabel.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * Pictures of every kind that is decoded, changed: flipped bits, cuts, bytes put in, taken out or
 * written over, other sizes, depths and lengths in headers. PNGs get right checksums half of the
 * time, else nothing would come past them. The same seed gives the same pictures.
 */
public final class HostilePictures implements Supplier<byte[]> {
  private static final Path KINDS = Path.of("src/test/resources/images/contract");
  private static final int[] DEPTHS = {1, 2, 4, 8, 16};
  private static final int[] COLOURS = {0, 2, 3, 4, 6};
  private static final int MOST_BYTES = 40;
  private static final int PNG_HEADER = 16;

  private final SplittableRandom random;
  private final List<byte[]> whole = new ArrayList<>();

  public HostilePictures(long seed) {
    random = new SplittableRandom(seed);
    try (Stream<Path> files = Files.list(KINDS)) {
      for (Path file : files.filter(path -> !path.toString().endsWith(".tsv")).sorted().toList()) {
        whole.add(Files.readAllBytes(file));
      }
      for (int depth : DEPTHS) {
        for (int colour : COLOURS) {
          whole.add(BlankPng.of(13, 11, depth, colour, false));
          whole.add(BlankPng.of(13, 11, depth, colour, true));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public byte[] get() {
    byte[] picture = whole.get(random.nextInt(whole.size())).clone();
    if (random.nextInt(3) == 0) {
      changeHeader(picture);
    }
    for (int changes = random.nextInt(4); changes > 0 && picture.length > 1; changes--) {
      picture = changed(picture);
    }
    if (random.nextBoolean() && isPng(picture)) {
      checksum(picture);
    }
    return picture;
  }

  private byte[] changed(byte[] picture) {
    int at = random.nextInt(picture.length);
    int count = 1 + random.nextInt(Math.min(MOST_BYTES, picture.length - at));
    return switch (random.nextInt(10)) {
      case 0 -> Arrays.copyOf(picture, at);
      case 1 -> join(Arrays.copyOf(picture, at), noise(count), tail(picture, at));
      case 2 -> join(Arrays.copyOf(picture, at), tail(picture, at + count));
      case 3 ->
          join(Arrays.copyOf(picture, at + count), tail(picture, at), tail(picture, at + count));
      case 4 -> {
        System.arraycopy(noise(count), 0, picture, at, count);
        yield picture;
      }
      case 5 -> {
        Arrays.fill(picture, at, at + count, (byte) random.nextInt());
        yield picture;
      }
      default -> {
        for (int flips = 1 + random.nextInt(6); flips > 0; flips--) {
          picture[random.nextInt(picture.length)] ^= (byte) (1 << random.nextInt(8));
        }
        yield picture;
      }
    };
  }

  /** Changes one number of a header, at its right place. */
  private void changeHeader(byte[] picture) {
    ByteBuffer bytes = ByteBuffer.wrap(picture);
    if (isPng(picture)) {
      switch (random.nextInt(4)) {
        case 0 -> bytes.putInt(PNG_HEADER + 4 * random.nextInt(2), number());
        case 1 -> bytes.put(PNG_HEADER + 8, (byte) (1 << random.nextInt(6)));
        case 2 -> bytes.put(PNG_HEADER + 9 + random.nextInt(4), (byte) random.nextInt(7));
        default -> changeLength(bytes, 8);
      }
    } else if (picture[0] == 'R') {
      bytes.order(ByteOrder.LITTLE_ENDIAN);
      switch (random.nextInt(4)) {
        case 0 -> bytes.putInt(4 + 12 * random.nextInt(2), number());
        case 1 -> bytes.put(12 + random.nextInt(4), (byte) " LX8".charAt(random.nextInt(4)));
        default -> bytes.putShort(20 + random.nextInt(10), (short) number());
      }
    } else {
      changeSegment(bytes);
    }
  }

  /** Changes the length of one of a PNG's first chunks. */
  private void changeLength(ByteBuffer png, int first) {
    int at = first;
    for (int skipped = random.nextInt(4); skipped > 0; skipped--) {
      int next = at + 12 + png.getInt(at);
      at = next < png.limit() - 12 ? next : at;
    }
    png.putInt(at, number());
  }

  /** Changes a number in a segment of a JPEG: its length, or one of those that say what follows. */
  private void changeSegment(ByteBuffer jpeg) {
    List<Integer> segments = new ArrayList<>();
    for (int at = 2; at + 12 < jpeg.limit() && jpeg.get(at) == (byte) 0xFF; ) {
      segments.add(at);
      at += 2 + (jpeg.getShort(at + 2) & 0xFFFF);
    }
    // The last ones: frame, tables, scan.
    int few = Math.min(segments.size(), 7);
    int segment = segments.get(segments.size() - 1 - random.nextInt(few));
    switch (random.nextInt(4)) {
      case 0 -> jpeg.putShort(segment + 2, (short) number());
      case 1 -> jpeg.putShort(segment + 5 + 2 * random.nextInt(2), (short) number());
      case 2 -> jpeg.put(segment + 1, (byte) (0xC0 + random.nextInt(0x20)));
      default -> jpeg.put(segment + 4 + random.nextInt(8), (byte) random.nextInt());
    }
  }

  /** Mostly small; sizes that cost much memory are the more seldom the more they cost. */
  private int number() {
    return switch (random.nextInt(60)) {
      case 0 -> random.nextInt();
      case 1, 2 -> random.nextInt(1 << 16);
      case 3, 4, 5, 6 -> new int[] {0, -1, 0xFFFF, Integer.MAX_VALUE}[random.nextInt(4)];
      default -> random.nextInt(200);
    };
  }

  private static boolean isPng(byte[] picture) {
    return picture.length > 33 && picture[0] == (byte) 0x89 && picture[1] == 'P';
  }

  /** Writes the checksums of the chunks that are where their lengths say. */
  private static void checksum(byte[] png) {
    ByteBuffer bytes = ByteBuffer.wrap(png);
    int at = 8;
    while (at + 12 <= png.length) {
      int length = bytes.getInt(at);
      if (length < 0 || length > png.length - at - 12) {
        return;
      }
      CRC32 crc = new CRC32();
      crc.update(png, at + 4, 4 + length);
      bytes.putInt(at + 8 + length, (int) crc.getValue());
      at += 12 + length;
    }
  }

  private byte[] noise(int count) {
    byte[] noise = new byte[count];
    random.nextBytes(noise);
    return noise;
  }

  private static byte[] tail(byte[] bytes, int from) {
    return Arrays.copyOfRange(bytes, from, bytes.length);
  }

  private static byte[] join(byte[]... parts) {
    ByteBuffer joined =
        ByteBuffer.allocate(Arrays.stream(parts).mapToInt(part -> part.length).sum());
    for (byte[] part : parts) {
      joined.put(part);
    }
    return joined.array();
  }
}
