package dev.framelabel.classify;

import dev.framelabel.event.Frame;

/**
 * A frame on its way through a batch.
 *
 * @param nanos when it arrived, by {@link System#nanoTime()}
 * @param statistics the caller's totals
 */
record TimedFrame(Frame frame, long nanos, ClassifierStatistics statistics) {}
