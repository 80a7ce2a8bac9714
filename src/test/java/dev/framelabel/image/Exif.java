package dev.framelabel.image;

import java.io.ByteArrayOutputStream;

/** Exif segments for tests. */
final class Exif {
  private Exif() {}

  /** Puts an Exif segment with nothing but an orientation behind the JPEG's start. */
  static byte[] withOrientation(byte[] jpeg, int orientation) {
    byte[] directory = {
      'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte) orientation
    };
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(jpeg, 0, 2);
    bytes.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0, 0});
    bytes.writeBytes(directory);
    bytes.writeBytes(new byte[6]);
    bytes.write(jpeg, 2, jpeg.length - 2);
    return bytes.toByteArray();
  }
}
