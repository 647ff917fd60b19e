// Tells the page once that somebody points at a deck or reaches one by Tab: whoever only opened the page starts nothing.
const watched = new WeakSet();
const TYPES = ["pointerover", "focusin"];

export default function (component) {
  const { parentElement, setTriggerValue } = component;
  if (watched.has(parentElement)) return undefined;
  watched.add(parentElement);
  let later = null;
  const stop = () => TYPES.forEach((type) => document.removeEventListener(type, hear));
  const hear = ({ target }) => {
    if (!target.closest?.('[class*="st-key-present_card_"]')) return;
    stop();
    // A click that comes with it goes first, and alone.
    later = setTimeout(() => setTriggerValue("touched", true), 250);
  };
  TYPES.forEach((type) => document.addEventListener(type, hear));
  return () => {
    stop();
    clearTimeout(later);
    watched.delete(parentElement);
  };
}
