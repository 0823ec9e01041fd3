// The queue by keyboard: j and k walk over [data-item], a letter presses the button[data-key] of that item,
// Enter opens its first link, ? shows the help.

// The place in the queue is kept over the page load that follows each decision.
const PLACE = "engawa:queue-place";

const items = [...document.querySelectorAll("[data-item]")];
const help = document.getElementById("queue-help");
const kept = sessionStorage.getItem(PLACE);
sessionStorage.removeItem(PLACE);
if (kept !== null) walkTo(Number(kept));

addEventListener("keydown", (event) => {
  // Letters that an input method is still composing are not commands; Safari reports those as key 229.
  if (event.isComposing || event.keyCode === 229) return;
  if (event.ctrlKey || event.metaKey || event.altKey || help?.open || isTyping(event.target)) return;
  if (act(event.key, event.target)) event.preventDefault();
});

function isTyping(element) {
  return element.isContentEditable || element.matches("input, select, textarea");
}

function act(key, target) {
  const at = items.indexOf(target.closest("[data-item]"));
  if (key === "j") return walkTo(at + 1);
  if (key === "k") return walkTo(Math.max(0, at - 1));
  if (key === "?") return show();
  if (key === "Enter") return target === items[at] && press(target.querySelector("a[href]"));
  if (!/^[a-z]$/.test(key)) return false;
  const button = items[at]?.querySelector(`button[data-key="${key}"]`);
  // An undo may stand above the list, for the item that has just left it.
  return press(button ?? (key === "u" && document.querySelector('button[data-key="u"]')), at);
}

function walkTo(place) {
  const item = items[Math.min(place, items.length - 1)];
  item?.focus();
  item?.scrollIntoView({ block: "nearest" });
  return Boolean(item);
}

function press(control, at) {
  if (!control) return false;
  if (at >= 0) sessionStorage.setItem(PLACE, at);
  control.click();
  return true;
}

function show() {
  help?.showModal();
  return Boolean(help);
}
