package dev.framelabel.tools.wall;

/** Scripts that look at all text that is seen on a page. */
final class PageText {
  private static final String SEEN =
      """
      const seen = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement;
        if (node.data.trim() && element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
            && !['SCRIPT', 'STYLE', 'NOSCRIPT', 'OPTION'].includes(element.tagName)
            && !element.closest('.skip')) seen.push([node.data.trim().slice(0, 40), element]);
      }
      """;

  /** Text of less than 11 pixels. */
  static final String SMALL =
      SEEN
          + """
      return seen.filter(([, element]) => parseFloat(getComputedStyle(element).fontSize) < 11).map(([text]) => text);
      """;

  /**
   * Text of a contrast below 4.5, as WCAG 2 counts it, on its ground or on a bar that lies behind.
   */
  static final String FAINT =
      SEEN
          + """
      const parse = (colour) => {
        const parts = colour.match(/[\\d.]+/g).map(Number);
        return { rgb: parts.slice(0, 3), alpha: parts[3] === undefined ? 1 : parts[3] };
      };
      const over = (top, alpha, ground) => top.map((value, i) => value * alpha + ground[i] * (1 - alpha));
      const groundOf = (element) => {
        if (!element) return [255, 255, 255];
        const { rgb, alpha } = parse(getComputedStyle(element).backgroundColor);
        return alpha === 1 ? rgb : over(rgb, alpha, groundOf(element.parentElement));
      };
      const opacityOf = (element) => element ? getComputedStyle(element).opacity * opacityOf(element.parentElement) : 1;
      const light = (rgb) => {
        const [r, g, b] = rgb.map((value) => value / 255).map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const contrast = (one, other) => {
        const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
        return (high + 0.05) / (low + 0.05);
      };
      const faint = seen.length < 20 ? ['too little text to judge'] : [];
      const look = (text, element, colour) => {
        const { rgb, alpha } = parse(colour);
        const grounds = [groundOf(element)];
        const bar = element.parentElement.querySelector(':scope > .bar');
        if (bar) grounds.push(groundOf(bar));
        for (const ground of grounds) {
          const ratio = contrast(over(rgb, alpha * opacityOf(element), ground), ground);
          if (ratio < 4.5) faint.push(text + ': ' + ratio.toFixed(2));
        }
      };
      for (const [text, element] of seen) look(text, element, getComputedStyle(element).color);
      const input = document.getElementById('filter-label');
      look('placeholder', input, getComputedStyle(input, '::placeholder').color);
      return faint;
      """;

  private PageText() {}
}
