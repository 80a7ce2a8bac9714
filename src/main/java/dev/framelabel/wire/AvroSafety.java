package dev.framelabel.wire;

import dev.framelabel.avro.ImageEvent;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Guard that keeps a hostile length field from claiming memory, and tells Avro which classes may be
 * made of records. Avro reads its limits once, when its classes are loaded, and by default allows 2
 * GB; this class must come first. A property that the user has set stays.
 */
final class AvroSafety {
  private static final String PREFIX = "org.apache.avro.limits.";
  private static final String MAX_BYTES = Integer.toString(64 << 20);
  private static final String MAX_ITEMS = "10000";

  static {
    setIfAbsent("bytes.maxLength", MAX_BYTES);
    setIfAbsent("string.maxLength", MAX_BYTES);
    setIfAbsent("collectionItems.maxLength", MAX_ITEMS);
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(
            ClassSecurityValidator.getGlobal(),
            type -> type.getPackage().equals(ImageEvent.class.getPackage())));
  }

  private AvroSafety() {}

  private static void setIfAbsent(String name, String value) {
    if (System.getProperty(PREFIX + name) == null) {
      System.setProperty(PREFIX + name, value);
    }
  }

  /** Takes effect, on the first call. */
  static void apply() {}
}
