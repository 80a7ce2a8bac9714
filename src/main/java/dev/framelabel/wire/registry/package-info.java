/**
 * Clients of schema registries: Confluent's REST interface and Apicurio's own.
 *
 * <p>Calls block. A registry that does not answer fails the call; an unknown schema id does not.
 */
package dev.framelabel.wire.registry;
