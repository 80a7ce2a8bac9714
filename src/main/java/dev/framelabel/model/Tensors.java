package dev.framelabel.model;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** Factory of tensors over direct buffers, without a copy; counts those that are open. */
final class Tensors {
  private final OrtEnvironment environment;
  private final AtomicInteger open = new AtomicInteger();

  Tensors(OrtEnvironment environment) {
    this.environment = environment;
  }

  /** A tensor of one thread; whoever asks for it closes it. */
  final class Tensor implements AutoCloseable {
    private final OnnxTensor value;

    private Tensor(OnnxTensor value) {
      this.value = value;
      open.incrementAndGet();
    }

    OnnxTensor value() {
      return value;
    }

    @Override
    public void close() {
      value.close();
      open.decrementAndGet();
    }
  }

  /** Returns a tensor of uint8 over the buffer's remaining bytes. */
  Tensor over(ByteBuffer bytes, long... shape) throws OrtException {
    return new Tensor(OnnxTensor.createTensor(environment, bytes, shape, OnnxJavaType.UINT8));
  }

  /** Returns a tensor of float32 over the buffer's remaining numbers. */
  Tensor over(FloatBuffer numbers, long... shape) throws OrtException {
    return new Tensor(OnnxTensor.createTensor(environment, numbers, shape));
  }

  /** Returns the number of tensors that were made and not closed. */
  int open() {
    return open.get();
  }
}
