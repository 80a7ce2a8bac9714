package dev.framelabel.tools.wall;

import java.io.Serializable;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Orders names as people do: camera-2 before camera-10. */
final class NaturalOrder implements Comparator<String>, Serializable {
  private static final long serialVersionUID = 1L;
  private static final Pattern PARTS = Pattern.compile("\\d+|\\D+");

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
    boolean numbers = Character.isDigit(a.charAt(0)) && Character.isDigit(b.charAt(0));
    return numbers ? new BigInteger(a).compareTo(new BigInteger(b)) : a.compareTo(b);
  }
}
