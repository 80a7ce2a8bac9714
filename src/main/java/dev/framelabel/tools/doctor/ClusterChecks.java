package dev.framelabel.tools.doctor;

import dev.framelabel.batch.Batcher;
import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.kafka.admin.Finding;
import dev.framelabel.tools.flinkrest.ClusterFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks of a Flink cluster against the job's options; send no request. */
final class ClusterChecks {
  private static final String PARENT_FIRST = "classloader.parent-first-patterns.additional";

  private ClusterChecks() {}

  /**
   * Returns a finding for each check: version, slots, class loading and memory.
   *
   * @param model its memory, where it could be opened
   */
  static List<Finding> of(
      ClusterFacts facts,
      String ownVersion,
      JobOptions job,
      KafkaOptions kafka,
      Optional<ModelMemory> model) {
    List<Finding> findings = new ArrayList<>();
    findings.add(version(facts.version(), ownVersion));
    findings.add(slots(facts));
    findings.add(classLoading(facts.settings().getOrDefault(PARENT_FIRST, "")));
    if (!facts.workers().isEmpty()) {
      findings.add(heap(facts.workers(), job, kafka));
      findings.add(offHeap(facts.workers(), job, model));
    }
    return findings;
  }

  private static Finding version(String found, String own) {
    return found.equals(own)
        ? Finding.ok("Flink", found)
        : Finding.warning(
            "Flink",
            found + "; the job was built and tested with " + own,
            "run Flink " + own + " on the cluster");
  }

  private static Finding slots(ClusterFacts facts) {
    return facts.freeSlots() > 0
        ? Finding.ok(
            "task slots", facts.freeSlots() + " free on " + facts.workers().size() + " workers")
        : Finding.warning(
            "task slots",
            "none is free on " + facts.workers().size() + " workers",
            "start a TaskManager, or stop a job");
  }

  private static Finding classLoading(String patterns) {
    List<String> have = List.of(patterns.split(";", -1));
    String subject = "class loading";
    return have.contains("ai.onnxruntime") && have.contains("org.bytedeco")
        ? Finding.ok(subject, "native libraries are the cluster's")
        : Finding.failed(
            subject,
            PARENT_FIRST + " is '" + patterns + "': native libraries load once in a process only",
            "copy flink-lib/ into Flink's lib/, and set %s as in docs/start/flink-cluster.md on every node"
                .formatted(PARENT_FIRST));
  }

  private static Finding heap(
      List<ClusterFacts.Worker> workers, JobOptions job, KafkaOptions kafka) {
    long most = kafka.get(KafkaOptions.MAX_RECORD_SIZE).getBytes() * job.inFlight();
    ClusterFacts.Worker least = null;
    for (ClusterFacts.Worker worker : workers) {
      if (least == null
          || worker.heapBytes() / worker.slots() < least.heapBytes() / least.slots()) {
        least = worker;
      }
    }
    String found = Finding.mib(least.heapBytes()) + " for " + least.slots() + " slots";
    String expected = "in-flight frames may take " + Finding.mib(most * least.slots());
    return least.heapBytes() >= most * least.slots()
        ? Finding.ok("task heap", found + "; " + expected)
        : Finding.warning(
            "task heap",
            found + "; " + expected + " if all are of --max-record-size",
            "raise taskmanager.memory.task.heap.size, or lower --in-flight");
  }

  private static Finding offHeap(
      List<ClusterFacts.Worker> workers, JobOptions job, Optional<ModelMemory> model) {
    String subject = "task off-heap memory";
    if (model.isEmpty()) {
      return Finding.skipped(subject, "the size that is needed is unknown without the model");
    }
    long pixels =
        (long) model.get().frameBytes()
            * job.get(JobOptions.MAX_BATCH_SIZE)
            * (job.get(JobOptions.CONCURRENT_BATCHES) + Batcher.SPARE_BATCHES);
    int cores = workers.stream().mapToInt(ClusterFacts.Worker::cores).max().orElseThrow();
    int threads = job.decodeThreads(cores);
    long decoding = threads * job.get(JobOptions.MAX_DECODE_MEMORY).getBytes();
    long needed = pixels + model.get().sessionBytes() + decoding;
    long least = workers.stream().mapToLong(ClusterFacts.Worker::offHeapBytes).min().orElseThrow();
    String found =
        Finding.mib(least)
            + "; batches of pixels take "
            + Finding.mib(pixels)
            + ", the session about "
            + Finding.mib(model.get().sessionBytes())
            + ", decoding the largest images "
            + Finding.mib(decoding)
            + " ("
            + threads
            + " threads)";
    String cure =
        "raise taskmanager.memory.task.off-heap.size, or lower --max-batch-size, --decode-threads or"
            + " --max-decode-memory";
    if (least < pixels) {
      return Finding.failed(subject, found, cure);
    }
    // The JVM bounds its buffers; what native code takes beyond is bounded by a container only.
    return least >= needed ? Finding.ok(subject, found) : Finding.warning(subject, found, cure);
  }
}
