"""Pictures of charts in the browser: beside the camera of each chart (PNG) a second button that saves it as SVG.

Plotly's camera knows one format a chart, and reads it when it is clicked.
"""

import json
from typing import Final

from towns.i18n import t
from towns.model import Lang

_SCRIPT: Final = """<script>
window.townsPictureNames = NAMES;
if (!window.townsPictures) {
  window.townsPictures = true;
  const complete = () => {
    for (const group of document.querySelectorAll(".js-plotly-plot .modebar-group")) {
      const plot = group.closest(".js-plotly-plot");
      const camera = group.querySelector(".modebar-btn:not(.towns-svg)");
      if (!camera || !plot) continue;
      camera.setAttribute("data-title", window.townsPictureNames.png);
      camera.setAttribute("aria-label", window.townsPictureNames.png);
      let button = group.querySelector(".towns-svg");
      if (!button) {
        button = camera.cloneNode(false);
        button.classList.add("towns-svg");
        button.textContent = "SVG";
        button.style.font = "600 11px/20px sans-serif";
        button.style.color = "inherit";
        button.style.textDecoration = "none";
        button.addEventListener("click", (event) => {
          event.preventDefault();
          const options = plot._context.toImageButtonOptions;
          plot._context.toImageButtonOptions = { ...options, format: "svg" };
          camera.click();
          plot._context.toImageButtonOptions = options;
        });
        group.append(button);
      }
      button.setAttribute("data-title", window.townsPictureNames.svg);
      button.setAttribute("aria-label", window.townsPictureNames.svg);
    }
  };
  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => { waiting = false; complete(); }, 300);
  }).observe(document.body, { subtree: true, childList: true });
}
</script>"""


def script(lang: Lang) -> str:
    """Return the script of the shell that completes each chart's buttons and names them in the reader's language."""
    names = {kind: t(f"exports.mode_{kind}", lang) for kind in ("png", "svg")}
    return _SCRIPT.replace("NAMES", json.dumps(names, ensure_ascii=False))
