package dev.framelabel.image;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;

import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * The native memory that a picture needs on its way, for one picture after the other. It grows to
 * the largest. JavaCPP enters each piece of memory in a list of the whole process, which takes as
 * long as scaling a small picture does; so pieces are used again. Not thread-safe; independent of
 * JavaCPP's scopes.
 */
final class Workspace implements AutoCloseable {
  private final Room file = new Room();
  private final Room pixels = new Room();
  private final Room lying = new Room();
  private final View from = new View();
  private final View to = new View();
  private final Address black = new Address();
  private final Resampler resampler = new Resampler();

  /** A picture in native memory: 3 bytes a pixel. */
  record Pixels(long address, int columns, int rows, long rowBytes) {
    static Pixels of(Mat picture) {
      return new Pixels(
          picture.data().address(),
          picture.cols(),
          picture.rows(),
          picture.step1() * picture.elemSize1());
    }

    Pixels part(int left, int top, int partColumns, int partRows) {
      return new Pixels(address + top * rowBytes + left * 3L, partColumns, partRows, rowBytes);
    }
  }

  /**
   * Copies an image to native memory: the one copy that it is given on its way, since native code
   * cannot read Java's arrays.
   */
  BytePointer copy(ByteBuffer image) {
    return file.of(image.remaining())
        .put(image.array(), image.arrayOffset() + image.position(), image.remaining());
  }

  /** Returns room for a picture without padding, with anything in it. */
  Pixels pixels(int columns, int rows) {
    return new Pixels(pixels.of(3L * columns * rows).address(), columns, rows, 3L * columns);
  }

  /**
   * Returns room as {@link #pixels} does, for a picture of the model's size before it is turned.
   */
  Pixels lying(int columns, int rows) {
    return new Pixels(lying.of(3L * columns * rows).address(), columns, rows, 3L * columns);
  }

  /** Returns a matrix over these pixels, until the next call. */
  Mat from(Pixels picture) {
    return from.over(picture);
  }

  /** Returns a second matrix, as {@link #from} does. */
  Mat to(Pixels picture) {
    return to.over(picture);
  }

  /** Fills a picture without padding with black. */
  void blacken(Pixels picture) {
    Pointer ignored =
        Pointer.memset(black.set(picture.address()), 0, picture.rows() * picture.rowBytes());
  }

  /** Returns the size of {@link #to}'s matrix. */
  Size toSize() {
    return to.size;
  }

  Resampler resampler() {
    return resampler;
  }

  /** Returns the bytes of memory that this keeps. */
  long bytes() {
    return file.bytes() + pixels.bytes() + lying.bytes() + resampler.bytes();
  }

  @Override
  public void close() {
    file.close();
    pixels.close();
    lying.close();
    from.close();
    to.close();
  }

  /** A piece of memory, hardly more than what was asked for: {@link ImageLimits} counts on it. */
  private static final class Room {
    private static final long STEP = 64 << 10;

    private BytePointer memory;

    /** Returns memory of at least so many bytes. */
    BytePointer of(long size) {
      if (bytes() < size) {
        close();
        memory = new BytePointer((size + STEP - 1) / STEP * STEP).retainReference();
      }
      return memory;
    }

    long bytes() {
      return memory == null ? 0 : memory.capacity();
    }

    void close() {
      if (memory != null) {
        boolean ignored = memory.releaseReference();
        memory = null;
      }
    }
  }

  /** A matrix of which only the address changes as long as pictures have the same size. */
  private static final class View {
    private final Address address = new Address();
    private Pixels last;
    private Mat mat;
    private Size size;

    Mat over(Pixels pixels) {
      address.set(pixels.address());
      if (last == null
          || last.columns() != pixels.columns()
          || last.rows() != pixels.rows()
          || last.rowBytes() != pixels.rowBytes()) {
        close();
        mat =
            new Mat(pixels.rows(), pixels.columns(), CV_8UC3, address, pixels.rowBytes())
                .retainReference();
        size = new Size(pixels.columns(), pixels.rows()).retainReference();
        last = pixels;
        return mat;
      }
      return mat.data(address);
    }

    void close() {
      if (last != null) {
        boolean ignored = mat.releaseReference();
        ignored = size.releaseReference();
        last = null;
      }
    }
  }

  /** A pointer that can be set to any place. */
  static final class Address extends BytePointer {
    Address() {
      super((Pointer) null);
    }

    Address set(long place) {
      address = place;
      return this;
    }
  }
}
