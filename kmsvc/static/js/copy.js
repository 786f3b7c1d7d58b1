// Copy buttons: data-copy="#id" takes that element's words, without anything marked data-nocopy (locked text).
import { icon, make, text } from "./data.js";
import { refused } from "./secret.js";
import { toast } from "./toast.js";

/** The words of an element as a person would read them, locked parts left out. */
export function words(element) {
  const twin = element.cloneNode(true);
  twin.querySelectorAll("[data-nocopy], .locked, .internal, .secret, .block-label, .sr, button").forEach((part) => part.remove());
  twin.querySelectorAll("br").forEach((line) => line.replaceWith("\n"));
  twin.querySelectorAll("p, li, tr, div, h1, h2, h3, h4").forEach((block) => block.append("\n"));
  return twin.textContent.replace(/[ \t]+\n/g, "\n").replace(/\n{3,}/g, "\n\n").trim();
}

async function put(value) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(value);
  // Plain HTTP on an intranet has no clipboard interface: let the browser copy a selection.
  const box = document.createElement("textarea");
  box.value = value;
  box.className = "sr";
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  if (!done) throw new Error("copy");
}

function copier(id, first) {
  const button = make("button", "btn btn-s btn-plain copier", icon("copy"), text("copy"));
  button.type = "button";
  button.dataset.copy = `#${id}`;
  if (first) {
    button.dataset.key = "c";
    button.append(make("kbd", "", "C"));
  }
  return button;
}

/** A text that people read: data-sayable says whether it may be told to a customer; what is retired is not. Each block to say gets a button. */
export function upgrade(root) {
  root.querySelectorAll("[data-sayable]").forEach((whole) => {
    if (["secret", "retired"].includes(whole.dataset.sayable)) return;
    const blocks = [...whole.querySelectorAll(".say")].filter((block) => !block.closest(".internal, .secret"));
    blocks.forEach((block, n) => {
      block.id ||= `say-${n + 1}`;
      block.prepend(copier(block.id, n === 0));
    });
    if (blocks.length || whole.dataset.sayable !== "sayable") return;
    whole.id ||= "text";
    whole.prepend(copier(whole.id, true));
  });
}

/** Nothing on this page may be copied by key: say so instead of doing nothing. */
export function refuseCopy() {
  if (!document.querySelector("[data-sayable], .answer[data-level]")) return false;
  const whole = document.querySelector("[data-guard-whole]") || document.querySelector(".answer[data-level=secret] [data-guard]");
  if (whole) return refused([whole]);
  toast(text("notForCustomers"), "warn");
  return true;
}

export function start() {
  upgrade(document);
  document.addEventListener("click", async (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-copy]");
    if (!button) return;
    event.preventDefault();
    const source = button.dataset.copy.startsWith("#") ? document.querySelector(button.dataset.copy) : null;
    try {
      await put(source ? words(source) : button.dataset.copy);
      toast(text("copied"), "ok");
    } catch {
      toast(text("copyFailed"), "warn");
    }
  });
}
