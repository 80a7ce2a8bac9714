package dev.framelabel.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** PNG files of any kind and size, in which each sample is 0: few bytes, much memory. */
public final class BlankPng {
  /** Channels of each colour type of PNG; 0: there is none. */
  private static final int[] CHANNELS = {1, 0, 3, 1, 2, 0, 4};

  /** First column, first row, and the steps of both, of each pass of Adam7. */
  private static final int[][] PASSES = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  private BlankPng() {}

  /**
   * @param extras whole chunks, as {@link #chunk} makes them, before the picture's data
   */
  public static byte[] of(
      int width, int height, int depth, int colour, boolean interlaced, byte[]... extras)
      throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    header.put((byte) depth).put((byte) colour).put((byte) 0).put((byte) 0);
    file.writeBytes(chunk("IHDR", header.put((byte) (interlaced ? 1 : 0)).array()));
    if (colour == 3) {
      file.writeBytes(chunk("PLTE", new byte[3 << depth]));
    }
    for (byte[] extra : extras) {
      file.writeBytes(extra);
    }
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflated = new DeflaterOutputStream(data)) {
      int[][] passes = interlaced ? PASSES : new int[][] {{0, 0, 1, 1}};
      for (int[] pass : passes) {
        int columns = (width - pass[0] + pass[2] - 1) / pass[2];
        int rows = (height - pass[1] + pass[3] - 1) / pass[3];
        byte[] row = new byte[1 + (int) (((long) columns * depth * CHANNELS[colour] + 7) / 8)];
        for (int y = 0; columns > 0 && y < rows; y++) {
          deflated.write(row);
        }
      }
    }
    file.writeBytes(chunk("IDAT", data.toByteArray()));
    file.writeBytes(chunk("IEND", new byte[0]));
    return file.toByteArray();
  }

  static byte[] chunk(String type, byte[] body) {
    byte[] typed =
        ByteBuffer.allocate(4 + body.length)
            .put(type.getBytes(StandardCharsets.US_ASCII))
            .put(body)
            .array();
    CRC32 crc = new CRC32();
    crc.update(typed);
    return ByteBuffer.allocate(8 + typed.length)
        .putInt(body.length)
        .put(typed)
        .putInt((int) crc.getValue())
        .array();
  }
}
