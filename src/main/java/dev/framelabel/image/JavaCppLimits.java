package dev.framelabel.image;

/**
 * Switch that turns off JavaCPP's bounds on native memory. JavaCPP throws {@link OutOfMemoryError}
 * once the whole process holds more than four times the Java heap, which a model's session does in
 * good health; decoding has its own bound. JavaCPP reads its properties once, when its classes are
 * initialised: this class must come first. A property that the user has set stays.
 */
public final class JavaCppLimits {
  private static final String PREFIX = "org.bytedeco.javacpp.";

  static {
    setIfAbsent("maxbytes");
    setIfAbsent("maxphysicalbytes");
  }

  private JavaCppLimits() {}

  private static void setIfAbsent(String name) {
    if (System.getProperty(PREFIX + name) == null) {
      System.setProperty(PREFIX + name, "0");
    }
  }

  /** Takes effect, on the first call. */
  public static void off() {}
}
