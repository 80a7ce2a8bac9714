package dev.framelabel.testing.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A task that failed, as a JobManager has logged it.
 *
 * @param line with time, task and worker
 * @param cause class of the last exception in the chain
 * @param message of that exception
 */
record TaskFailure(String line, String cause, String message) {
  private static final String FAILED = "switched from RUNNING to FAILED";
  private static final String CAUSED_BY = "Caused by: ";

  /** Reads the failures of all tasks. */
  static List<TaskFailure> in(List<Path> logs) throws IOException {
    List<TaskFailure> failures = new ArrayList<>();
    for (Path log : logs) {
      List<String> lines = Files.readAllLines(log);
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).contains(FAILED)) {
          failures.add(of(lines.get(i), lines.subList(i + 1, lines.size())));
        }
      }
    }
    return failures;
  }

  private static TaskFailure of(String line, List<String> following) {
    String last = following.isEmpty() ? "" : following.get(0);
    for (String text : following) {
      boolean trace = text.startsWith("\t") || text.startsWith(CAUSED_BY) || text.equals(last);
      if (!trace) {
        break;
      }
      last = text.startsWith(CAUSED_BY) ? text.substring(CAUSED_BY.length()) : last;
    }
    String[] parts = last.split(": ", 2);
    return new TaskFailure(line, parts[0], parts.length < 2 ? "" : parts[1]);
  }

  static Map<String, Integer> byCause(List<TaskFailure> failures) {
    Map<String, Integer> counts = new TreeMap<>();
    for (TaskFailure failure : failures) {
      Integer unused = counts.merge(failure.cause(), 1, Integer::sum);
    }
    return counts;
  }
}
