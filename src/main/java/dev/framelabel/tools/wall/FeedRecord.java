package dev.framelabel.tools.wall;

import dev.framelabel.event.SourcePosition;
import java.time.Instant;

/**
 * Record that a result came in.
 *
 * @param at when the broker had it
 * @param position where its own record stands
 * @param committed whether it is final
 */
public record FeedRecord(Instant at, SourcePosition position, boolean committed) {}
