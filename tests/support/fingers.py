"""How far a finger can miss what it means: the reach of every control, felt out point by point on the page."""

from playwright.sync_api import Page

# WCAG 2.2, 2.5.5 and the design: so many pixels each way.
FINGER = 44

# From a control's middle outwards, as long as what is on top is the control, what it holds, or its label.
# - A row of seconds, of takes or of clips is as narrow as it has to be, and so is a clip's edge: height counts, and
#   buttons or fields do the same.
# - Words to press in the middle of a sentence are as high as the sentence.
# - What stands on the tree grows and shrinks with it, so that it is measured in the tree's own pixels.
SHORT = """
([least, narrow]) => {
  const fields = "input:not([type=hidden]), select, textarea, summary";
  const roles = ["slider", "treeitem", "option", "menuitem", "radio", "switch", "tab"];
  const others = roles.map((role) => `[role=${role}]`).join();
  const narrowOnes = ".seconds, .takes-choice, .takes, .bar, .strip, .lane, .trim-handle";
  // What is open over the page is all that can be pressed.
  const over = [...document.querySelectorAll("[role=menu], [role=dialog]")].at(-1) ?? document;
  const inSentence = (control) => {
    const shown = getComputedStyle(control).display;
    if (!shown.startsWith("inline")) return false;
    const text = [...control.parentElement.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    return text.some((node) => node.data.trim() !== "");
  };
  const found = [];
  for (const control of over.querySelectorAll(`button, a[href], ${fields}, ${others}`)) {
    if (control.closest("[aria-hidden=true], [inert], .hidden-text")) continue;
    if (!control.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (control.disabled || control.tabIndex < 0 && control.matches("button") && !control.matches("[role]")) continue;
    if (inSentence(control)) continue;
    const shape = control.closest("label") ?? control;
    const tree = control.closest(".react-flow__viewport");
    if (tree === null) shape.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const box = shape.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const isHit = (left, top) => {
      const hit = document.elementFromPoint(left, top);
      return hit !== null && (control.contains(hit) || shape.contains(hit));
    };
    if (!isHit(x, y)) continue;
    const reach = (dx, dy) => {
      let far = 0;
      while (far < 2 * least && isHit(x + dx * (far + 1), y + dy * (far + 1))) far += 1;
      return far;
    };
    const scale = tree === null ? 1 : new DOMMatrix(getComputedStyle(tree).transform).a;
    const wide = (reach(-1, 0) + reach(1, 0) + 1) / scale;
    const high = (reach(0, -1) + reach(0, 1) + 1) / scale;
    const wanted = control.closest(narrowOnes) === null ? least : narrow;
    if (high < least - 1 || wide < wanted - 1) {
      found.push(`${Math.round(wide)} x ${Math.round(high)}: ${control.outerHTML.slice(0, 150)}`);
    }
  }
  return found;
}
"""


def out_of_reach(page: Page, *, least: int = FINGER, narrow: int = 24) -> list[str]:
    """Controls that a finger may miss, with their reach.

    Args:
        page: What is looked at, as it stands.
        least: Pixels that a control must reach each way.
        narrow: How wide it must be at least where many stand in a row that is as wide as it can be.
    """
    found: list[str] = page.evaluate(SHORT, [least, narrow])
    return found
