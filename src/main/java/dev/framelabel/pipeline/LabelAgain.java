package dev.framelabel.pipeline;

import static java.util.Objects.requireNonNull;

import dev.framelabel.config.JobOptions;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Outcome;
import dev.framelabel.model.ModelOpener;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Labels frames outside the stream with the job's model and limits, on the CPU: every worker has
 * one, and which accelerator is this worker's only its tasks know. Any thread may. The tasks of a
 * job with {@code --device cpu} share their classifier with this.
 */
public final class LabelAgain implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final String DEVICE = "cpu";

  private final JobOptions options;
  private final ModelOpener models;

  public LabelAgain(JobOptions options, ModelOpener models) {
    this.options = requireNonNull(options, "options");
    this.models = requireNonNull(models, "models");
  }

  /**
   * Blocks until every frame has its outcome.
   *
   * @param frames read as they are needed, no more at a time than a task has under way
   * @param outcomes takes them in the order of the frames, on the calling thread
   * @throws IOException if the model fails, or gives no result for --inference-timeout
   */
  public void label(Iterator<FrameEvent> frames, Consumer<Outcome> outcomes)
      throws IOException, InterruptedException {
    Deque<CompletableFuture<Outcome>> underWay = new ArrayDeque<>();
    try (LeasedClassifier classifier = new LeasedClassifier(options, DEVICE, models)) {
      while (frames.hasNext()) {
        underWay.add(classifier.label(frames.next()));
        if (underWay.size() >= options.inFlight()) {
          outcomes.accept(await(underWay.remove()));
        }
      }
      while (!underWay.isEmpty()) {
        outcomes.accept(await(underWay.remove()));
      }
    } catch (ExecutionException e) {
      throw new IOException("a frame could not be labelled again: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw new IOException(
          "a frame that is labelled again had no result after --inference-timeout "
              + options.get(JobOptions.INFERENCE_TIMEOUT).toSeconds()
              + " s",
          e);
    }
  }

  private Outcome await(CompletableFuture<Outcome> outcome)
      throws ExecutionException, InterruptedException, TimeoutException {
    return outcome.get(options.get(JobOptions.INFERENCE_TIMEOUT).toMillis(), TimeUnit.MILLISECONDS);
  }
}
