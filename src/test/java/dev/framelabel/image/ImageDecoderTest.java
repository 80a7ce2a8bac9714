package dev.framelabel.image;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.framelabel.image.BadImageException.Fault;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
  private static final int SIDE = 16;

  @ParameterizedTest
  @ValueSource(strings = {"jpeg", "png"})
  void decode_colours_comeOutAsRgb(String format) throws Exception {
    byte[] file = TestImages.encode(TestImages.halves(64, 48, Color.RED, Color.BLUE), format);
    ByteBuffer pixels = decode(Resize.STRETCH, file);
    assertPixel(pixels, 2, 8, 255, 0, 0);
    assertPixel(pixels, 13, 8, 0, 0, 255);
  }

  @Test
  void decode_fullHdJpeg_isReducedAndRight() throws Exception {
    byte[] file = TestImages.encode(TestImages.halves(1920, 1080, Color.GREEN, Color.BLUE), "jpeg");
    ByteBuffer pixels = decode(Resize.CROP, file);
    assertPixel(pixels, 1, 8, 0, 255, 0);
    assertPixel(pixels, 14, 8, 0, 0, 255);
  }

  @Test
  void decode_crop_takesTheMiddle() throws Exception {
    BufferedImage wide = TestImages.plain(96, 32, Color.RED);
    wide.createGraphics().drawImage(TestImages.plain(32, 32, Color.GREEN), 32, 0, null);
    ByteBuffer pixels = decode(Resize.CROP, TestImages.encode(wide, "png"));
    assertPixel(pixels, 0, 0, 0, 255, 0);
    assertPixel(pixels, 15, 15, 0, 255, 0);
  }

  @Test
  void decode_letterbox_showsAllOnBlack() throws Exception {
    ByteBuffer pixels = ByteBuffer.allocateDirect(SIDE * SIDE * 3);
    for (int i = 0; i < pixels.capacity(); i++) {
      pixels.put(i, (byte) 77);
    }
    decoder(Resize.LETTERBOX)
        .decode(TestImages.encode(TestImages.plain(64, 32, Color.GREEN), "png"), pixels);
    assertPixel(pixels, 8, 1, 0, 0, 0);
    assertPixel(pixels, 8, 8, 0, 255, 0);
    assertPixel(pixels, 0, 8, 0, 255, 0);
    assertPixel(pixels, 8, 14, 0, 0, 0);
  }

  @Test
  void decode_intoTheMiddleOfABuffer_leavesTheRestAlone() throws Exception {
    int bytes = SIDE * SIDE * 3;
    ByteBuffer pixels = ByteBuffer.allocateDirect(3 * bytes);
    decoder(Resize.STRETCH)
        .decode(TestImages.jpeg(40, 40, Color.WHITE), pixels.duplicate().position(bytes));
    assertThat(pixels.get(bytes - 1)).isZero();
    assertThat(pixels.get(bytes) & 0xFF).isGreaterThan(250);
    assertThat(pixels.get(2 * bytes - 1) & 0xFF).isGreaterThan(250);
    assertThat(pixels.get(2 * bytes)).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"jpeg", "png"})
  void decode_fileWithinAnArray_isAsIfAlone(String format) throws Exception {
    byte[] file = TestImages.encode(TestImages.halves(64, 48, Color.RED, Color.BLUE), format);
    byte[] record = new byte[file.length + 30];
    Arrays.fill(record, (byte) 0xFF);
    System.arraycopy(file, 0, record, 20, file.length);
    ByteBuffer part = ByteBuffer.wrap(record, 20, file.length);
    ByteBuffer pixels = ByteBuffer.allocateDirect(SIDE * SIDE * 3);
    decoder(Resize.STRETCH).decode(part, pixels);
    assertThat(pixels).isEqualTo(decode(Resize.STRETCH, file));
    assertThat(part).isEqualTo(ByteBuffer.wrap(file));
    assertThatThrownBy(
            () -> decoder(Resize.STRETCH).decode(part.limit(20 + file.length / 2), pixels))
        .hasMessageContaining("is cut");
  }

  @Test
  void decode_transparency_showsOverBlack() throws Exception {
    BufferedImage picture = new BufferedImage(20, 20, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < 400; i++) {
      picture.setRGB(i % 20, i / 20, 0x80FF8040);
    }
    assertPixel(decode(Resize.STRETCH, TestImages.encode(picture, "png")), 8, 8, 128, 64, 32);
  }

  @Test
  void decode_grey_isGreyInAllChannels() throws Exception {
    for (int type : new int[] {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_USHORT_GRAY}) {
      BufferedImage picture = new BufferedImage(20, 20, type);
      picture.createGraphics().drawImage(TestImages.plain(20, 20, Color.WHITE), 0, 0, null);
      assertPixel(decode(Resize.STRETCH, TestImages.encode(picture, "png")), 8, 8, 255, 255, 255);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,400", "400,1"})
  void decode_extremeShapes_areDecoded(int width, int height) throws Exception {
    for (Resize resize : Resize.values()) {
      ByteBuffer pixels = decode(resize, TestImages.jpeg(width, height, Color.RED));
      assertPixel(pixels, 7, 7, 255, 0, 0);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,2,8", "3,13,8", "6,8,2", "8,8,13"})
  void decode_exifOrientation_isApplied(int orientation, int redX, int redY) throws Exception {
    byte[] jpeg = TestImages.encode(TestImages.halves(64, 64, Color.RED, Color.BLUE), "jpeg");
    ByteBuffer pixels = decode(Resize.STRETCH, Exif.withOrientation(jpeg, orientation));
    assertPixel(pixels, redX, redY, 255, 0, 0);
    assertPixel(pixels, 15 - redX, 15 - redY, 0, 0, 255);
  }

  @Test
  void scale_rawPixels_keepTheirColours() throws Exception {
    byte[] rgb = new byte[32 * 8 * 3];
    for (int at = 1; at < rgb.length; at += 3) {
      rgb[at] = (byte) 200;
    }
    ByteBuffer pixels = ByteBuffer.allocateDirect(SIDE * SIDE * 3);
    decoder(Resize.STRETCH).scale(ByteBuffer.wrap(rgb), 32, 8, pixels);
    assertPixel(pixels, 8, 8, 0, 200, 0);
  }

  @Test
  void scale_rawPixelsOfAnotherLength_isCorrupt() {
    ByteBuffer pixels = ByteBuffer.allocateDirect(SIDE * SIDE * 3);
    BadImageException failure =
        catchThrowableOfType(
            BadImageException.class,
            () -> decoder(Resize.STRETCH).scale(ByteBuffer.allocate(100), 8, 8, pixels));
    assertThat(failure.fault()).isEqualTo(Fault.CORRUPT_IMAGE);
    assertThat(failure).hasMessageContaining("100 bytes; 8 x 8 RGB pixels take 192");
  }

  @Test
  void decode_empty_isCorrupt() {
    assertFault(new byte[0], Fault.CORRUPT_IMAGE, "0 bytes");
  }

  @ParameterizedTest
  @CsvSource({
    "hello frames,bytes that begin with 68 65 6c 6c",
    "%PDF-1.7 and so on,a PDF",
    "GIF89a and so on,a GIF",
    "....ftypisom....,a video",
    "<svg xmlns='a'/>,bytes that begin with 3c 73"
  })
  void decode_otherFormats_areUnsupported(String text, String found) {
    assertFault(text.getBytes(US_ASCII), Fault.UNSUPPORTED_FORMAT, found);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gif", "bmp", "tiff"})
  void decode_otherImages_areUnsupported(String format) {
    assertFault(
        TestImages.encode(TestImages.plain(8, 8, Color.RED), format),
        Fault.UNSUPPORTED_FORMAT,
        "found a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jpeg", "png"})
  void decode_everyTruncation_isCorrupt(String format) {
    byte[] whole = TestImages.encode(TestImages.halves(40, 30, Color.RED, Color.BLUE), format);
    // The end marker of a JPEG and the byte before it, which may be filled up, hold no pixel.
    int end = format.equals("jpeg") ? whole.length - 3 : whole.length;
    for (int length = 4; length < end; length += 3) {
      assertFault(Arrays.copyOf(whole, length), Fault.CORRUPT_IMAGE, "");
    }
  }

  @Test
  void decode_pngWithWrongChecksum_isCorrupt() {
    byte[] png = TestImages.encode(TestImages.plain(20, 20, Color.RED), "png");
    png[png.length - 20] ^= 1;
    assertFault(png, Fault.CORRUPT_IMAGE, "wrong checksum");
  }

  @Test
  void decode_randomBytesBehindAJpegHeader_isCorrupt() {
    byte[] bytes = new byte[5_000];
    new Random(7).nextBytes(bytes);
    bytes[0] = (byte) 0xFF;
    bytes[1] = (byte) 0xD8;
    assertThatThrownBy(() -> decode(Resize.STRETCH, bytes)).isInstanceOf(BadImageException.class);
  }

  @Test
  void decode_smallFileThatClaimsHugeSize_isRefusedByItsHeader() throws Exception {
    assertFault(pngHeader(65_535, 65_535), Fault.IMAGE_TOO_LARGE, "65535 x 65535 pixels");
    byte[] jpeg = TestImages.jpeg(20, 20, Color.RED);
    int frame = indexOf(jpeg, 0xFF, 0xC0);
    Arrays.fill(jpeg, frame + 5, frame + 9, (byte) 0xFF);
    assertFault(jpeg, Fault.IMAGE_TOO_LARGE, "65535 x 65535 pixels");
  }

  @Test
  void decode_faultOfTheCaller_isNoFaultOfThePicture() {
    byte[] jpeg = TestImages.jpeg(20, 20, Color.RED);
    for (ByteBuffer target :
        new ByteBuffer[] {ByteBuffer.allocateDirect(1), ByteBuffer.allocate(1)}) {
      assertThatThrownBy(() -> decoder(Resize.CROP).decode(jpeg, target))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("target of 1 bytes");
    }
  }

  @Test
  void decode_moreBytesThanAllowed_isTooLarge() {
    byte[] jpeg = TestImages.jpeg(20, 20, Color.RED);
    ImageLimits limits = new ImageLimits(jpeg.length - 1, 1 << 20, 100);
    ByteBuffer pixels = ByteBuffer.allocateDirect(SIDE * SIDE * 3);
    assertThatThrownBy(() -> new ImageDecoder(SIDE, SIDE, Resize.CROP, limits).decode(jpeg, pixels))
        .hasMessageContaining("at most " + (jpeg.length - 1) + " are allowed");
  }

  @Test
  void decode_exactlyTheLimit_isDecoded() throws Exception {
    byte[] jpeg = TestImages.jpeg(20, 20, Color.RED);
    ByteBuffer pixels = ByteBuffer.allocateDirect(SIDE * SIDE * 3);
    long memory =
        decoder(Resize.CROP).memory(ImageHeader.read(ByteBuffer.wrap(jpeg), ImageLimits.DEFAULT));
    for (long most : new long[] {memory, Long.MAX_VALUE}) {
      ImageLimits limits = new ImageLimits(jpeg.length, most, 1);
      new ImageDecoder(SIDE, SIDE, Resize.CROP, limits).decode(jpeg, pixels);
      assertPixel(pixels, 8, 8, 255, 0, 0);
    }
    ImageLimits less = new ImageLimits(jpeg.length, memory - 1, 1);
    assertThatThrownBy(() -> new ImageDecoder(SIDE, SIDE, Resize.CROP, less).decode(jpeg, pixels))
        .hasMessageContaining("raise --max-decode-memory");
  }

  @Test
  void decode_moreScansThanAllowed_isTooComplex() {
    byte[] jpeg = TestImages.jpeg(20, 20, Color.RED);
    assertFault(withScans(jpeg, 101), Fault.IMAGE_TOO_COMPLEX, "more than 100 scans");
  }

  /** Thirteen passes over 64 megapixels: one more than the limit. */
  @Test
  void decode_moreScansThanSuchALargePictureMayHave_isTooComplex() {
    byte[] jpeg = TestImages.jpeg(20, 20, Color.RED);
    ByteBuffer.wrap(jpeg, indexOf(jpeg, 0xFF, 0xC0) + 5, 4)
        .putShort((short) 8000)
        .putShort((short) 8000);
    assertFault(
        withScans(jpeg, 13), Fault.IMAGE_TOO_COMPLEX, "8000 x 8000 pixels and 13 scans or more");
  }

  private static byte[] withScans(byte[] jpeg, int scans) {
    int scan = indexOf(jpeg, 0xFF, 0xDA);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(jpeg, 0, scan);
    for (int i = 0; i < scans; i++) {
      bytes.write(jpeg, scan, jpeg.length - 2 - scan);
    }
    bytes.write(jpeg, jpeg.length - 2, 2);
    return bytes.toByteArray();
  }

  private static void assertFault(byte[] file, Fault fault, String message) {
    BadImageException failure =
        catchThrowableOfType(BadImageException.class, () -> decode(Resize.CROP, file));
    assertThat(failure).as("%d bytes", file.length).isNotNull();
    assertThat(failure.fault()).isEqualTo(fault);
    assertThat(failure).hasMessageContaining(message);
  }

  private static ImageDecoder decoder(Resize resize) {
    return new ImageDecoder(SIDE, SIDE, resize, ImageLimits.DEFAULT);
  }

  private static ByteBuffer decode(Resize resize, byte[] file) throws BadImageException {
    ByteBuffer pixels = ByteBuffer.allocateDirect(SIDE * SIDE * 3);
    decoder(resize).decode(file, pixels);
    return pixels;
  }

  private static void assertPixel(ByteBuffer pixels, int x, int y, int... rgb) {
    for (int channel = 0; channel < 3; channel++) {
      assertThat(pixels.get(3 * (y * SIDE + x) + channel) & 0xFF)
          .as("channel %d of (%d, %d)", channel, x, y)
          .isCloseTo(rgb[channel], within(4));
    }
  }

  private static int indexOf(byte[] bytes, int first, int second) {
    for (int at = 0; at + 1 < bytes.length; at++) {
      if ((bytes[at] & 0xFF) == first && (bytes[at + 1] & 0xFF) == second) {
        return at;
      }
    }
    throw new AssertionError("no such marker");
  }

  private static byte[] pngHeader(int width, int height) {
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    header.put((byte) 8).put((byte) 2);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
    file.writeBytes(BlankPng.chunk("IHDR", header.array()));
    file.writeBytes(BlankPng.chunk("IDAT", new byte[1]));
    file.writeBytes(BlankPng.chunk("IEND", new byte[0]));
    return file.toByteArray();
  }
}
