"""Pictures that the Java tests can make too, without files."""

import numpy


def pictures(count, size):
    """uint8 [count,size,size,3]: stripes and curves, different for each picture and channel."""
    index, y, x, channel = numpy.ogrid[:count, :size, :size, :3]
    value = x * (3 + index) + y * (5 + 2 * index) + 40 * channel + x * y // (7 + index)
    return (value % 256).astype(numpy.uint8)
