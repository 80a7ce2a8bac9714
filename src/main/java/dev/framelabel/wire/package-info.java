/**
 * Converts between Kafka record bytes and events, in every supported record format.
 *
 * <p>Formats are Avro's single-object encoding, plain Avro, the wire formats of schema registries,
 * and bare images. Unreadable bytes become a rejected frame, never an exception of the job. Codecs
 * are not thread-safe.
 */
package dev.framelabel.wire;
