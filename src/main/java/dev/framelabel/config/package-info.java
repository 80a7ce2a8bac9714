/**
 * Every option of the labelling job, once: name, type, default, description and checks.
 *
 * <p>{@code KafkaOptions} and {@code JobOptions} check their values when they are created, on the
 * machine that submits the job. The parser, the help text and the configuration file are shared by
 * the job and the command line.
 */
package dev.framelabel.config;
