"""Whether a page stands still while it comes, and has room for longer words."""

from playwright.sync_api import Page

# The most that a screen may jump while it comes, as browsers measure it.
MOST_SHIFT = 0.03

SHIFT = """
() => new Promise((done) => {
  let sum = 0;
  const moved = new Set();
  const name = (node) => node?.className || node?.nodeName || "something that is gone";
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput) continue;
      sum += entry.value;
      for (const { node, previousRect: a, currentRect: b } of entry.sources) {
        moved.add(`${name(node)} by ${Math.round(b.x - a.x)}, ${Math.round(b.y - a.y)}`);
      }
    }
  });
  observer.observe({ type: "layout-shift", buffered: true });
  setTimeout(() => { observer.disconnect(); done([sum, [...moved].join("; ")]); }, 100);
})
"""

# Every text that people read becomes longer by two fifths, as in a wordier language; what then runs out of its box?
LONGER = """
() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) {
    const words = text.textContent.trim();
    const said = text.parentElement?.closest("script, style, textarea, [contenteditable], svg") === null;
    const more = "lo ".repeat(Math.ceil(words.length * 0.4 / 3)).trim();
    if (said && /\\p{L}{2,}/u.test(words)) text.textContent = `${words} ${more}`;
  }
  const boxes = ".btn, .status, .tag, .menu-item, .seg > button, .chip, h1, h2, h3, .message, label, dt, dd";
  const over = [...document.querySelectorAll(boxes)].filter((box) => {
    if (!box.checkVisibility({ visibilityProperty: true })) return false;
    if (box.closest(".hidden-text, .cut, .react-flow") !== null) return false;
    const style = getComputedStyle(box);
    return style.textOverflow !== "ellipsis" && box.clientWidth > 0 && box.scrollWidth > box.clientWidth + 1;
  }).map((box) => `has no room for longer words: ${box.outerHTML.slice(0, 160)}`);
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  return wide > 1 ? [...over, `longer words push the page ${wide} px over its side`] : over;
}
"""


def jumps(page: Page) -> list[str]:
    """How far the screen jumped while it came, if that is too far."""
    shift, moved = page.evaluate(SHIFT)
    return [f"jumps by {shift:.3f}: {moved}"] if shift > MOST_SHIFT else []


def without_room(page: Page) -> list[str]:
    """What has no room once all words are longer; the page is of no use afterwards."""
    found: list[str] = page.evaluate(LONGER)
    return found
