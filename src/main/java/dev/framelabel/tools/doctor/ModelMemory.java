package dev.framelabel.tools.doctor;

/**
 * Memory that a model takes outside of the heap, found by opening it.
 *
 * @param frameBytes pixels of a frame in a batch
 * @param sessionBytes by how much this process grew while the session was opened and ran its
 *     largest batch; 0 where the system does not say
 */
record ModelMemory(int frameBytes, long sessionBytes) {}
