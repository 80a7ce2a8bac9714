package dev.framelabel.tools.wall;

import dev.framelabel.event.Image;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.imageio.ImageIO;
import org.apache.commons.lang3.concurrent.BasicThreadFactory;

/**
 * {@code GET /api/picture?frame=ID}: a frame's picture as it was sent; raw pixels as PNG, encoded
 * on threads of their own, which hold up nothing else.
 */
final class PictureHandler implements HttpHandler, AutoCloseable {
  private static final int PNG_THREADS = 2;
  private static final byte[] JPEG = {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF};
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G'};
  private static final byte[] RIFF = {'R', 'I', 'F', 'F'};
  private static final byte[] WEBP = {'W', 'E', 'B', 'P'};
  private static final int WEBP_AT = 8;
  private static final int RGB_BYTES = 3;

  private final WallModel model;
  private final ExecutorService png =
      Executors.newFixedThreadPool(
          PNG_THREADS,
          BasicThreadFactory.builder().namingPattern("framelabel-wall-png").daemon().build());

  PictureHandler(WallModel model) {
    this.model = model;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws IOException {
    Optional<Image> image = model.picture(Query.required(exchange, "frame", "a frame's id"));
    if (image.isEmpty()) {
      Responses.fail(exchange, StatusCodes.NOT_FOUND, "this picture is no longer kept");
    } else if (image.get().format() != Image.Format.RGB24) {
      send(exchange, image.get().bytes().array());
    } else if (exchange.isInIoThread()) {
      // It asks for the picture again, so that requests which wait hold none.
      exchange.dispatch(png, this);
    } else if (exchange.getConnection().isOpen()) {
      send(exchange, png(image.get()));
    }
  }

  private static void send(HttpServerExchange exchange, byte[] bytes) {
    String type = contentType(bytes);
    if (type.isEmpty()) {
      Responses.fail(
          exchange, StatusCodes.UNSUPPORTED_MEDIA_TYPE, "this frame is no JPEG, PNG or WebP");
      return;
    }
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, type);
    exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "private, max-age=60, immutable");
    exchange.getResponseSender().send(ByteBuffer.wrap(bytes));
  }

  /**
   * Returns the type by the bytes themselves: nothing but pictures leaves here, whatever was sent.
   */
  static String contentType(byte[] bytes) {
    if (has(bytes, 0, JPEG)) {
      return "image/jpeg";
    }
    if (has(bytes, 0, PNG)) {
      return "image/png";
    }
    return has(bytes, 0, RIFF) && has(bytes, WEBP_AT, WEBP) ? "image/webp" : "";
  }

  private static boolean has(byte[] bytes, int at, byte[] part) {
    int end = at + part.length;
    return bytes.length > end && Arrays.equals(bytes, at, end, part, 0, part.length);
  }

  private static byte[] png(Image image) throws IOException {
    long needed = (long) image.width() * image.height() * RGB_BYTES;
    byte[] rgb = image.bytes().array();
    if (needed != rgb.length) {
      return rgb;
    }
    BufferedImage picture =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < needed; i += RGB_BYTES) {
      int pixel = ((rgb[i] & 255) << 16) | ((rgb[i + 1] & 255) << 8) | (rgb[i + 2] & 255);
      picture.setRGB(i / RGB_BYTES % image.width(), i / RGB_BYTES / image.width(), pixel);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(picture, "png", out);
    return out.toByteArray();
  }

  @Override
  public void close() {
    png.shutdownNow();
  }
}
