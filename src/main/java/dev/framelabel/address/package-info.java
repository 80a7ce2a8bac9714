/**
 * Addresses of cameras, registries and other servers, as they may be shown.
 *
 * <p>Whoever writes an address into a message, a log line, a record or a page masks it here. A
 * leaf: it knows the JDK only.
 */
package dev.framelabel.address;
