/**
 * The labelling job as a graph of Flink operators.
 *
 * <p>{@code ClassifyFunction} hands frames to the worker's classifier; {@code OutcomeRouter}
 * separates labelled from rejected frames. Nothing here decodes pixels or talks to Kafka.
 */
package dev.framelabel.pipeline;
