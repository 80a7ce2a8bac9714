package dev.framelabel.tools.cli;

import dev.framelabel.config.Delivery;
import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a delivery guarantee as users write it. */
final class DeliveryConverter implements ITypeConverter<Delivery> {
  @Override
  public Delivery convert(String text) {
    return Arrays.stream(Delivery.values())
        .filter(delivery -> delivery.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "found '" + text + "'; expected one of " + Arrays.toString(Delivery.values())));
  }
}
