package dev.framelabel.tools.demo;

/**
 * What a job's checkpoints took.
 *
 * @param completed how many were
 * @param medianBytes of state
 * @param medianMillis from trigger to completion
 * @param longestMillis from trigger to completion
 */
public record CheckpointFigures(
    long completed, long medianBytes, long medianMillis, long longestMillis) {}
