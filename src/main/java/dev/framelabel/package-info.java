/**
 * Framelabel labels camera frames in a stream.
 *
 * <pre>
 * frames topic -> kafka (source) -> wire (decode) -> pipeline.ClassifyFunction -> kafka (sinks) -> labels, rejected
 *                                                       |            ^
 *                                                       v            |
 *                                      classify.Classifier: Frame -> CompletableFuture&lt;Outcome&gt;
 *                                        image (bytes -> RGB pixels in a batch slot)
 *                                        batch (who goes together, and how long to wait)
 *                                        model (pixels -> probabilities)
 * </pre>
 *
 * <p>{@code docs/architecture.md} has the table of the rooms; {@code ArchitectureTest} holds it.
 */
package dev.framelabel;
