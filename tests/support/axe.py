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
