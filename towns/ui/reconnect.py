"""Pages that come back by themselves when their server does, or when another replica takes over."""

from typing import Final

#: A page that has lost its connection finds a server again by itself, but runs nothing there: it would show the old
#: picture, and a new session would take the visitor's next click for its first run, seed itself from the address and
#: forget the click. So each connection after the first one runs the page at once, as the key R does.
SCRIPT: Final = """<script>
if (!window.townsReconnect) {
  window.townsReconnect = true;
  let lost = false;
  const look = () => {
    const app = document.querySelector("[data-test-connection-state]");
    if (!app) return;
    const connected = app.getAttribute("data-test-connection-state") === "CONNECTED";
    if (connected && lost) {
      const key = { key: "r", code: "KeyR", keyCode: 82, which: 82, bubbles: true };
      for (const type of ["keydown", "keyup"]) document.dispatchEvent(new KeyboardEvent(type, key));
    }
    lost = !connected;
  };
  new MutationObserver(look).observe(document.body, {
    subtree: true, attributes: true, attributeFilter: ["data-test-connection-state"],
  });
}
</script>"""
