"""What axe has to say about a page."""

import pytest
from playwright.sync_api import Page

from tests.support.running_studio import ROOT

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = ("serious", "critical")


def findings(page: Page) -> list[str]:
    """What is serious, one line each."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: cd frontend && npm ci")
    # The studio's content policy lets no foreign script in; the debugger may.
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    session.detach()
    results = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{found['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for found in results["violations"]
        if found["impact"] in SERIOUS
        for node in found["nodes"]
    ]


# What is pressed or dragged and smaller than so many pixels in the page's own scale; it may reach beyond its looks.
# A row of ten seconds cannot be ten fingers wide on a phone: its height counts, and the buttons beside it do the same.
SMALL = """
(least) => {
  const fields = "input:not([type=hidden]), select, textarea, summary";
  const controls = `button, a[href], ${fields}, [role=slider], [role=treeitem]`;
  return [...document.querySelectorAll(controls)].filter((control) => {
    if (control.closest("[aria-hidden=true], .hidden-text")) return false;
    if (!control.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    const box = (control.closest("label") ?? control).getBoundingClientRect();
    if (box.width === 0) return false;
    const canvas = control.closest(".react-flow__viewport");
    const scale = canvas === null ? 1 : new DOMMatrix(getComputedStyle(canvas).transform).a;
    const reach = getComputedStyle(control, "::after");
    const beyond = reach.position === "absolute" && reach.content !== "none";
    const wide = Math.max(box.width / scale, beyond ? parseFloat(reach.width) : 0);
    const high = Math.max(box.height / scale, beyond ? parseFloat(reach.height) : 0);
    return high < least - 0.1 || wide < (control.closest(".seconds") === null ? least : 24) - 0.1;
  }).map((control) => control.outerHTML.slice(0, 160));
}
"""


def small_targets(page: Page, *, least: int = 24) -> list[str]:
    """Controls that are too small: for a pointer (WCAG 2.2, 2.5.8), or for a finger, which needs 44 pixels."""
    return [f"smaller than {least} px: {found}" for found in page.evaluate(SMALL, least)]
