package dev.framelabel.config;

import java.util.Collection;
import java.util.Comparator;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finder of the name that a user probably meant. */
public final class NearestName {
  private NearestName() {}

  /**
   * Returns the known name with the smallest edit distance; of several, the first by alphabet.
   *
   * @param known not empty
   */
  public static String of(String name, Collection<String> known) {
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    return known.stream()
        .min(
            Comparator.<String>comparingInt(one -> distance.apply(one, name))
                .thenComparing(Comparator.naturalOrder()))
        .orElseThrow();
  }
}
