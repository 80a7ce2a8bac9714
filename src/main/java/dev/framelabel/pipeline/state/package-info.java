/**
 * Serializers of everything that Flink keeps in checkpoints and sends between tasks.
 *
 * <p>Class names and formats are part of the saved state: every later version restores what version
 * 0.1.0 saved.
 */
package dev.framelabel.pipeline.state;
