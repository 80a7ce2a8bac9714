package dev.framelabel.tools.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 0.5} or {@code 1/255}. */
final class FractionConverter implements ITypeConverter<Double> {
  @Override
  public Double convert(String text) {
    try {
      int slash = text.indexOf('/');
      return slash < 0
          ? Double.parseDouble(text)
          : Double.parseDouble(text.substring(0, slash))
              / Double.parseDouble(text.substring(slash + 1));
    } catch (NumberFormatException e) {
      throw new TypeConversionException("found '" + text + "'; expected a number as 0.5 or 1/255");
    }
  }
}
