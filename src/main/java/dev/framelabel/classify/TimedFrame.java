package dev.framelabel.classify;

import dev.framelabel.event.Frame;

/** A frame and when it came, by {@link System#nanoTime()}. */
record TimedFrame(Frame frame, long nanos) {}
