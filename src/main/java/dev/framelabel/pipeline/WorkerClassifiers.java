package dev.framelabel.pipeline;

import dev.framelabel.classify.SharedClassifiers;
import java.io.Serializable;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.flink.util.FatalExitExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Supplier of the classifiers of the worker that a task runs on. */
@FunctionalInterface
interface WorkerClassifiers extends Supplier<SharedClassifiers>, Serializable {
  /** Those of this JVM (of this class loader, to be exact: each Flink job has its own). */
  WorkerClassifiers OF_THIS_PROCESS = () -> InThisProcess.CLASSIFIERS;

  /** Holder of the classifiers of this process. */
  final class InThisProcess {
    private static final SharedClassifiers CLASSIFIERS =
        new SharedClassifiers(
            Duration.ofSeconds(30), "framelabel.hangingClassifiers", InThisProcess::end);

    private static final Logger LOG = LoggerFactory.getLogger(WorkerClassifiers.class);

    private InThisProcess() {}

    /**
     * Ends the process as Flink does at a fatal error: with a thread dump, which shows where the
     * device hangs.
     */
    private static void end(String reason) {
      LOG.error(
          "This process ends itself, so that the cluster starts another one: {}. The job goes on"
              + " from its last checkpoint. If it happens again, look at the device (nvidia-smi,"
              + " kernel log) and replace it. See the runbook, section 'Hanging device'",
          reason);
      FatalExitExceptionHandler.INSTANCE.uncaughtException(
          Thread.currentThread(), new IllegalStateException(reason));
    }
  }
}
