/**
 * The source of frames: Flink's Kafka source with this job's settings and decoding.
 *
 * <p>A record that cannot be read becomes a rejected frame. Records of aborted transactions are no
 * frames. Offsets that retention removed before they were read are counted.
 */
package dev.framelabel.kafka.source;
