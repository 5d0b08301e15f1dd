"""Whether a page keeps anybody out: axe-core's serious and critical faults, and what stands outside of the window."""

from importlib.resources import files
from typing import Final

# Chromium without what would reach out of the machine
CHROMIUM_OPTIONS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
AXE: Final = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
# gives what is serious or critical, each with where it is
FAULTS: Final = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
  .filter((one) => ["serious", "critical"].includes(one.impact))
  .flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)} (${node.failureSummary})`))"""
# gives what can be read or pressed and lies, in part, outside of the window
OUTSIDE: Final = """() => [...document.querySelectorAll(
    "button, input, select, textarea, h1, h2, h3, p, td, th, .text, .section-text, .field > label")]
  .filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.closest(".away, .carousel, .skip, .wide"))
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([one, box]) => box.width && (box.left < -1 || box.right > innerWidth + 1))
  .map(([one, box]) => `${one.outerHTML.slice(0, 120)} ${Math.round(box.left)}..${Math.round(box.right)}`)"""
