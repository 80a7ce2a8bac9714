/** Reads rejected frames from their topic and sends them again. */
package dev.framelabel.tools.deadletter;
