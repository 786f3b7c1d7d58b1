// Addresses and texts that base.html gives to the scripts, in the reader's language.
const block = document.getElementById("km-data");
export const data = block ? JSON.parse(block.textContent) : { root: "", texts: {} };

/** The text of this name with {placeholders} filled in. */
export function text(name, values = {}) {
  let words = data.texts[name] || name;
  for (const [key, value] of Object.entries(values)) words = words.replaceAll(`{${key}}`, String(value));
  return words;
}

/** An icon as base.html draws it. */
export function icon(name) {
  const mark = document.createElement("i");
  mark.className = `ic ic-${name}`;
  mark.setAttribute("aria-hidden", "true");
  return mark;
}

/** An element with class, text and children; nothing is ever parsed as HTML here. */
export function make(tag, className = "", ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

/** Time of day as the saved line shows it: 14:02:11. */
export function clock(date = new Date()) {
  return date.toLocaleTimeString("en-GB", { hour12: false });
}
