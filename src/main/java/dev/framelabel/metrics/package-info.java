/**
 * The metrics of the labelling job: {@link dev.framelabel.metrics.JobMetric} describes each of them
 * once, and the operators register them through it. {@code docs/reference/metrics.md} is generated
 * from the same descriptions. Nothing here measures.
 */
package dev.framelabel.metrics;
