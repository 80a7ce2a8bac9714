package dev.framelabel.kafka.sink.commit;

import static java.util.Objects.requireNonNull;

import dev.framelabel.event.Outcome;

/**
 * An outcome on its way to the connector's writer.
 *
 * @param writer the random id of the writer instance that writes it
 */
public record StampedOutcome<T extends Outcome>(T outcome, String writer) {
  public StampedOutcome {
    requireNonNull(outcome, "outcome");
    requireNonNull(writer, "writer");
  }
}
