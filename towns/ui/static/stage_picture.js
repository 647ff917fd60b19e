// A picture of ours as part of the page, with real text. It comes from our own writer with every text escaped; still,
// nothing that could run is taken over.
export default function (component) {
  const { svg, label } = component.data;
  const box = component.parentElement.querySelector(".stage-picture");
  const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  if (!box || root.nodeName !== "svg") return;
  for (const item of [root, ...root.querySelectorAll("*")]) {
    if (/^(script|foreignobject|iframe|image)$/i.test(item.nodeName)) item.remove();
    else {
      for (const { name } of [...item.attributes]) if (/^on/i.test(name)) item.removeAttribute(name);
    }
  }
  root.removeAttribute("width");
  root.removeAttribute("height");
  root.setAttribute("role", "img");
  root.setAttribute("aria-label", label);
  box.replaceChildren(document.importNode(root, true));
}
