package dev.framelabel.event;

/**
 * Parts of the time between a frame's arrival and its labels, in microseconds.
 *
 * @param decodeMicros decoding and resizing the image
 * @param queueMicros waiting for a decoder, for the batch and for the device
 * @param inferenceMicros the model's run over the whole batch
 * @param batchSize frames in the batch, from 1
 */
public record Timings(long decodeMicros, long queueMicros, long inferenceMicros, int batchSize) {}
