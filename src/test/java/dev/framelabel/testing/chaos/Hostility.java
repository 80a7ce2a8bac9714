package dev.framelabel.testing.chaos;

import static dev.framelabel.event.RejectionKind.CORRUPT_IMAGE;
import static dev.framelabel.event.RejectionKind.IMAGE_NOT_FOUND;
import static dev.framelabel.event.RejectionKind.IMAGE_TOO_COMPLEX;
import static dev.framelabel.event.RejectionKind.IMAGE_TOO_LARGE;
import static dev.framelabel.event.RejectionKind.IMAGE_URI_REFUSED;
import static dev.framelabel.event.RejectionKind.INVALID_EVENT;
import static dev.framelabel.event.RejectionKind.MODEL_FAILED;

import dev.framelabel.event.Bytes;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.image.BlankPng;
import dev.framelabel.tools.modelkit.OverflowingModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** Frames that a bad or broken sender may send, one kind each, and what must become of them. */
enum Hostility {
  CUT_JPEG(CORRUPT_IMAGE) {
    @Override
    Frame of(Frame good, Path folder) {
      return good.withImage(cut(good));
    }
  },
  LARGE_ATTRIBUTE(INVALID_EVENT) {
    @Override
    Frame of(Frame good, Path folder) {
      return with(good, good.cameraId(), Map.of("note", "ä".repeat(200_000)), Map.of());
    }
  },
  DAMAGED_WITH_ATTRIBUTE(INVALID_EVENT) {
    @Override
    Frame of(Frame good, Path folder) {
      byte[] damaged = Arrays.copyOf(good.image().bytes().array(), 700_000);
      return with(good, good.cameraId(), Map.of("note", "x".repeat(200_000)), Map.of())
          .withImage(Image.encoded(damaged));
    }
  },
  LARGE_CAMERA_ID(INVALID_EVENT) {
    @Override
    Frame of(Frame good, Path folder) {
      return with(good, good.cameraId() + "ä".repeat(200_000), Map.of(), Map.of());
    }
  },
  LARGE_HEADER(INVALID_EVENT) {
    @Override
    Frame of(Frame good, Path folder) {
      return with(good, good.cameraId(), Map.of(), Map.of("tracestate", "t".repeat(400_000)));
    }
  },
  LARGE_URI(INVALID_EVENT) {
    @Override
    Frame of(Frame good, Path folder) {
      return good.withImage(Image.reference("s3://b/" + "x".repeat(600_000)));
    }
  },
  FORBIDDEN_URI(IMAGE_URI_REFUSED) {
    @Override
    Frame of(Frame good, Path folder) {
      return good.withImage(Image.reference("file:/etc/passwd"));
    }
  },
  FOLDER_BY_REFERENCE(IMAGE_NOT_FOUND) {
    @Override
    Frame of(Frame good, Path folder) {
      return good.withImage(reference(folder.resolve("folder.jpg")));
    }
  },
  LARGE_FILE_BY_REFERENCE(IMAGE_TOO_LARGE) {
    @Override
    Frame of(Frame good, Path folder) {
      return good.withImage(reference(folder.resolve("large.jpg")));
    }
  },
  GOOD_FILE_BY_REFERENCE {
    @Override
    Frame of(Frame good, Path folder) {
      return good.withImage(reference(folder.resolve("good.jpg")));
    }
  },
  NAN(MODEL_FAILED) {
    @Override
    Frame of(Frame good, Path folder) {
      byte[] dark = new byte[8 * 8 * 3];
      Arrays.fill(dark, (byte) OverflowingModel.DARK);
      return good.withImage(new Image(Image.Format.RGB24, Bytes.wrap(dark), 8, 8));
    }
  },
  LARGE_DECODE(IMAGE_TOO_LARGE) {
    @Override
    Frame of(Frame good, Path folder) {
      return good.withImage(LARGE_PNG);
    }
  },
  LONG_LINES_OF_BITS(IMAGE_TOO_LARGE) {
    @Override
    Frame of(Frame good, Path folder) {
      return good.withImage(LONG_PNG);
    }
  },
  MANY_SCANS(IMAGE_TOO_COMPLEX) {
    @Override
    Frame of(Frame good, Path folder) {
      return good.withImage(SCANS);
    }
  },
  WRONG_RAW_SIZE(CORRUPT_IMAGE) {
    @Override
    Frame of(Frame good, Path folder) {
      return good.withImage(
          new Image(Image.Format.RGB24, Bytes.wrap(new byte[192]), 1 << 16, 1 << 16));
    }
  },
  STRANGE_DIGITS {
    @Override
    Frame of(Frame good, Path folder) {
      return with(good, "۲-باغ", Map.of(), Map.of());
    }
  };

  private static final int CUT_AT = 787;
  private static final int MORE_SCANS = 200;

  /** More than {@code --max-image-size}. */
  private static final long LARGE_BYTES = 40 << 20;

  private static final Image LARGE_PNG = png(8_000, 8_000, 16, 6);
  private static final Image LONG_PNG = png(60_000, 1_000, 1, 0);
  private static final Image SCANS = manyScans();

  private final Optional<RejectionKind> kind;

  Hostility() {
    this.kind = Optional.empty();
  }

  Hostility(RejectionKind kind) {
    this.kind = Optional.of(kind);
  }

  /** Returns what such a frame must be rejected as; empty if it must be labelled. */
  Optional<RejectionKind> kind() {
    return kind;
  }

  /**
   * Spoils a frame.
   *
   * @param folder as {@link #prepare} has left it
   */
  abstract Frame of(Frame good, Path folder);

  /**
   * Makes the files that some of the frames refer to.
   *
   * @param folder new; one that the job may read images from
   */
  static void prepare(Path folder, byte[] picture) throws IOException {
    Path unused = Files.createDirectories(folder.resolve("folder.jpg"));
    unused = Files.write(folder.resolve("good.jpg"), picture);
    try (RandomAccessFile large =
        new RandomAccessFile(folder.resolve("large.jpg").toFile(), "rw")) {
      large.write(picture);
      large.setLength(LARGE_BYTES);
    }
  }

  /** Cuts a frame's JPEG. */
  static Image cut(Frame good) {
    return Image.encoded(Arrays.copyOf(good.image().bytes().array(), CUT_AT));
  }

  private static Image reference(Path file) {
    return Image.reference(file.toUri().toString());
  }

  private static Frame with(
      Frame good, String cameraId, Map<String, String> attributes, Map<String, String> headers) {
    return new Frame(
        cameraId,
        good.frameId(),
        good.capturedAt(),
        good.image(),
        attributes,
        good.source(),
        headers);
  }

  private static Image png(int width, int height, int depth, int colour) {
    try {
      return Image.encoded(BlankPng.of(width, height, depth, colour, false));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A progressive JPEG whose last scan comes again and again. */
  private static Image manyScans() {
    try {
      byte[] file =
          Files.readAllBytes(Path.of("src/test/resources/images/contract/progressive_420.jpg"));
      int last = file.length - 2;
      while (file[last] != (byte) 0xFF || file[last + 1] != (byte) 0xDA) {
        last--;
      }
      ByteArrayOutputStream scans = new ByteArrayOutputStream();
      scans.write(file, 0, last);
      for (int i = 0; i < MORE_SCANS; i++) {
        scans.write(file, last, file.length - 2 - last);
      }
      scans.write(file, file.length - 2, 2);
      return Image.encoded(scans.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
