// Copying with the mouse, the keyboard or the menu of the browser: what is internal stays behind, what touches secret text is
// refused and told to the log. Printing secret text is told too. Markup: data-guard="article:5:17" around a text.
import { data, text } from "./data.js";
import { toast } from "./toast.js";

const LOCKED = ".internal, [data-nocopy], .locked";
const SECRET = ".secret, [data-secret], [data-guard-whole]";

/** The words of a selection that stand inside an element. */
function within(range, element) {
  if (!range.intersectsNode(element)) return "";
  const part = document.createRange();
  part.selectNodeContents(element);
  if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0) part.setStart(range.startContainer, range.startOffset);
  if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0) part.setEnd(range.endContainer, range.endOffset);
  return part.collapsed ? "" : part.toString().trim();
}

function selection() {
  const chosen = document.getSelection();
  return chosen && chosen.rangeCount && !chosen.isCollapsed ? chosen.getRangeAt(0) : null;
}

function touched(range, selector) {
  return [...document.querySelectorAll(selector)].filter((element) => within(range, element));
}

/** Tell the log; the page does not wait. */
function tell(act, elements) {
  const found = new Map();
  for (const element of elements) {
    const guard = element.closest("[data-guard]") || element.querySelector("[data-guard]");
    if (!guard) continue;
    const block = element.closest("[data-block]")?.dataset.block || element.closest(".blk")?.id.replace(/^b-/, "") || "";
    found.set(guard.dataset.guard, [...(found.get(guard.dataset.guard) || []), block]);
  }
  for (const [name, blocks] of found) {
    const body = new URLSearchParams({ act, text: name });
    if (blocks.some(Boolean)) body.set("blocks", [...new Set(blocks.filter(Boolean))].join(","));
    navigator.sendBeacon(`${data.root}/access/tried`, body);
  }
}

/** Refuse when these words are secret; says so once and notes it. */
export function refused(elements) {
  if (!elements.length) return false;
  toast(text("secretCopy"), "bad");
  tell("copy_refused", elements);
  return true;
}

function secrets(range) {
  const inner = touched(range, SECRET).flatMap((element) => {
    const blocks = [...element.querySelectorAll("[data-block], .blk")].filter((one) => within(range, one));
    return blocks.length ? blocks : [element];
  });
  return inner;
}

function onCopy(event) {
  if (event.target instanceof Element && event.target.closest("input, textarea")) return;
  const range = selection();
  if (!range) return;
  if (refused(secrets(range))) return event.preventDefault();
  const locked = touched(range, LOCKED).filter((element) => element.closest("[data-sayable], .answer, [data-guard]"));
  if (!locked.length || event.type !== "copy") return;
  event.preventDefault();
  const inside = range.commonAncestorContainer;
  const around = (inside instanceof Element ? inside : inside.parentElement).closest(LOCKED);
  const left = range.cloneContents();
  left.querySelectorAll(`${LOCKED}, .block-label, .sr, button`).forEach((part) => part.remove());
  const holder = document.createElement("div");
  holder.append(left);
  if (around || !holder.textContent.trim()) return toast(text("notForCustomers"), "warn");
  holder.querySelectorAll("p, li, tr, div, h1, h2, h3, h4, h5, h6").forEach((block) => block.append("\n"));
  event.clipboardData.setData("text/plain", holder.textContent.replace(/[ \t]+\n/g, "\n").replace(/\n{3,}/g, "\n\n").trim());
  toast(text("lockedLeftOut"), "warn");
}

function onDrag(event) {
  const range = selection();
  if (range && refused(secrets(range))) event.preventDefault();
}

function onPrint() {
  const shown = [...document.querySelectorAll("[data-guard]")].filter((guard) => guard.matches(SECRET) || guard.querySelector(SECRET));
  for (const guard of shown) tell(guard.dataset.print === "yes" ? "printed" : "print_refused", [guard]);
}

export function start() {
  document.addEventListener("copy", onCopy);
  document.addEventListener("cut", onCopy);
  document.addEventListener("dragstart", onDrag);
  window.addEventListener("beforeprint", onPrint);
}
