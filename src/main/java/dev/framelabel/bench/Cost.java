package dev.framelabel.bench;

import dev.framelabel.bench.CpuTimes.Worker;
import java.util.EnumMap;
import java.util.Map;

/**
 * What labelling cost: cores for each 1,000 frames a second.
 *
 * @param cores that each kind of thread kept busy; empty where the system does not say
 */
record Cost(Map<Worker, Double> cores) {
  static final Cost UNKNOWN = new Cost(Map.of());

  Cost {
    cores = Map.copyOf(cores);
  }

  static Cost between(Map<Worker, Long> before, Map<Worker, Long> after, long frames) {
    Map<Worker, Double> cores = new EnumMap<>(Worker.class);
    after.forEach(
        (worker, nanos) ->
            cores.put(worker, (nanos - before.getOrDefault(worker, 0L)) / 1e9 / frames * 1000));
    return new Cost(cores);
  }

  double of(Worker worker) {
    return cores.getOrDefault(worker, 0.0);
  }

  /** Without the broker, the reader and the compiler, which is done sooner or later. */
  double job() {
    return of(Worker.DECODE_AND_DEVICE)
        + of(Worker.FLINK_AND_CLIENTS)
        + of(Worker.GARBAGE_COLLECTOR);
  }
}
