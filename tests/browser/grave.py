"""What axe says of a page."""

from pathlib import Path

from playwright.async_api import Page

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}


async def grave_faults(page: Page) -> list[str]:
    """Return what axe finds grave, with where it is."""
    await page.evaluate(AXE.read_text())
    found = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{page.url}: {fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in found["violations"]
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]
