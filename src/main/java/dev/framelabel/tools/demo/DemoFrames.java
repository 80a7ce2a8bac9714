package dev.framelabel.tools.demo;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Pictures with known labels: test images of Fashion-MNIST (Zalando SE, MIT licence), shown as a
 * camera of 640x480 pixels would send them, in JPEG. Thread-safe; pictures are made when they are
 * asked for and then kept.
 */
public final class DemoFrames {
  private static final int TILE = 28;
  private static final int COLUMNS = 40;
  private static final int WIDTH = 640;
  private static final int HEIGHT = 480;
  private static final float QUALITY = 0.85f;

  private final BufferedImage tiles;
  private final List<String> labels;
  private final ConcurrentMap<Integer, byte[]> encoded = new ConcurrentHashMap<>();

  public DemoFrames() {
    // Pictures are small: a cache on disk would only cost time.
    ImageIO.setUseCache(false);
    try (InputStream picture = resource("frames.png");
        InputStream names = resource("labels.txt")) {
      tiles = ImageIO.read(picture);
      labels = new String(names.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(DemoFrames.class.getResourceAsStream(name), "resource " + name);
  }

  /** Returns how many different pictures there are. */
  public int size() {
    return labels.size();
  }

  /**
   * Returns the true label of picture {@code index}, from 0; pictures repeat after {@link #size}.
   */
  public String label(long index) {
    return labels.get(wrap(index));
  }

  /** Returns the JPEG of picture {@code index}; not to be changed. */
  public byte[] jpeg(long index) {
    return encoded.computeIfAbsent(wrap(index), this::render);
  }

  /**
   * Writes pictures as files: {@code folder/1/001.jpg} and on, a folder of them for each camera.
   *
   * @param each pictures of each camera, one after the other
   */
  public void write(Path folder, int cameras, int each) throws IOException {
    for (int camera = 0; camera < cameras; camera++) {
      Path own = Files.createDirectories(folder.resolve(Integer.toString(camera + 1)));
      for (int picture = 0; picture < each; picture++) {
        Files.write(
            own.resolve("%03d.jpg".formatted(picture + 1)), jpeg((long) camera * each + picture));
      }
    }
  }

  private int wrap(long index) {
    return (int) (index % labels.size());
  }

  private byte[] render(int index) {
    int x = index % COLUMNS * TILE;
    int y = index / COLUMNS * TILE;
    BufferedImage frame = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = frame.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    int left = (WIDTH - HEIGHT) / 2;
    graphics.drawImage(tiles.getSubimage(x, y, TILE, TILE), left, 0, HEIGHT, HEIGHT, null);
    graphics.dispose();
    return jpeg(frame, QUALITY);
  }

  /**
   * Returns a picture as a JPEG file.
   *
   * @param quality from 0 to 1
   */
  public static byte[] jpeg(BufferedImage picture, float quality) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      parameters.setCompressionQuality(quality);
      writer.setOutput(out);
      writer.write(null, new IIOImage(picture, null, null), parameters);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
