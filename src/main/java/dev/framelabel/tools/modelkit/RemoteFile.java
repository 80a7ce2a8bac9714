package dev.framelabel.tools.modelkit;

import dev.framelabel.address.Addresses;
import dev.framelabel.model.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/**
 * A file at a public address, known by its checksum.
 *
 * @param address http or https
 * @param md5 32 lower-case hexadecimal digits
 */
public record RemoteFile(URI address, String md5) {
  /** ImageNet weights of Keras Applications' Xception, with the classification layer. */
  public static final RemoteFile IMAGENET_WEIGHTS =
      of(
          "https://storage.googleapis.com/tensorflow/keras-applications/xception/"
              + "xception_weights_tf_dim_ordering_tf_kernels.h5",
          "0a58e3b7378bc2990ea3b43d5981f1f6");

  /** Names of ImageNet's 1000 classes. */
  public static final RemoteFile IMAGENET_LABELS =
      of(
          "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json",
          "c2c37ea517e94d9795004a39431a14cb");

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(30);
  private static final Duration ANSWER_LIMIT = Duration.ofMinutes(2);

  private static RemoteFile of(String address, String md5) {
    return new RemoteFile(URI.create(address), md5);
  }

  /** Returns the same file at a mirror: the last part of the path below {@code base}. */
  public RemoteFile at(URI base) {
    String text = base.toString();
    return of(text + (text.endsWith("/") ? "" : "/") + name(), md5);
  }

  /** Returns the last part of the address. */
  public String name() {
    return address.getPath().substring(address.getPath().lastIndexOf('/') + 1);
  }

  /**
   * Gets the file into a folder, unless it is there already. Blocks.
   *
   * @return where it lies
   * @throws ModelException if it cannot be had or has another checksum; nothing is left then
   */
  public Path fetchInto(Path folder) {
    Path file = folder.resolve(name());
    if (Files.isRegularFile(file)) {
      checkMd5(file, file.toString());
      return file;
    }
    try {
      Files.createDirectories(folder);
      HttpResponse<InputStream> answer = request();
      try (InputStream body = answer.body()) {
        if (answer.statusCode() != 200) {
          throw failed("it answered with status " + answer.statusCode());
        }
        AtomicFile.write(
            file, body::transferTo, written -> checkMd5(written, "what " + shown() + " sent"));
      }
      return file;
    } catch (IOException e) {
      throw failed(e.toString());
    }
  }

  private HttpResponse<InputStream> request() throws IOException {
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT_LIMIT)
            .followRedirects(Redirect.NORMAL)
            .build();
    try {
      return client.send(
          HttpRequest.newBuilder(address).timeout(ANSWER_LIMIT).build(),
          BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("interrupted");
    }
  }

  private ModelException failed(String why) {
    return new ModelException(
        "cannot fetch "
            + shown()
            + ": "
            + why
            + ". Get the file by other means and name it on the command line, or name a mirror"
            + " with --mirror");
  }

  private String shown() {
    return Addresses.mask(address.toString());
  }

  private void checkMd5(Path file, String what) {
    try (InputStream in =
        new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("MD5"))) {
      in.transferTo(OutputStream.nullOutputStream());
      String found = HexFormat.of().formatHex(((DigestInputStream) in).getMessageDigest().digest());
      if (!found.equals(md5)) {
        throw new ModelException(
            what + " has md5 " + found + "; expected " + md5 + ": it is damaged or another file");
      }
    } catch (IOException e) {
      throw new ModelException(what + " cannot be read: " + e, e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has MD5", e);
    }
  }
}
