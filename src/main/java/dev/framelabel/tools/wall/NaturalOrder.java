package dev.framelabel.tools.wall;

import java.io.Serializable;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Order of names as people sort them: camera-2 before camera-10. Numbers are of ASCII digits only.
 */
final class NaturalOrder implements Comparator<String>, Serializable {
  private static final long serialVersionUID = 1L;
  private static final Pattern PARTS = Pattern.compile("[0-9]+|[^0-9]+");

  @Override
  public int compare(String left, String right) {
    Matcher a = PARTS.matcher(left);
    Matcher b = PARTS.matcher(right);
    while (true) {
      boolean more = a.find();
      if (more != b.find()) {
        return more ? 1 : -1;
      }
      if (!more) {
        return left.compareTo(right);
      }
      int order = compareParts(a.group(), b.group());
      if (order != 0) {
        return order;
      }
    }
  }

  private static int compareParts(String a, String b) {
    return isNumber(a) && isNumber(b)
        ? new BigInteger(a).compareTo(new BigInteger(b))
        : a.compareTo(b);
  }

  private static boolean isNumber(String part) {
    return part.charAt(0) >= '0' && part.charAt(0) <= '9';
  }
}
