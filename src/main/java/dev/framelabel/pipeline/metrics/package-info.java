/**
 * Metrics that need more than a counter: clock skew, device busy ratio, latency for each camera
 * group.
 */
package dev.framelabel.pipeline.metrics;
