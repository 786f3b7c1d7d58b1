// Input methods (Chinese, Japanese, Korean): the one place that knows whether a word is still being composed.
// Fields with data-query get the event km:query once per finished change, never per pinyin letter.
let justEnded = false;

/** True while keys belong to the input method: every key handler asks this first. */
export function composing(event) {
  return event.isComposing || event.keyCode === 229 || justEnded;
}

/** True when the person is typing into something. */
export function typing(target) {
  return target instanceof Element && (target.closest("input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable]") !== null);
}

function tell(target) {
  if (target instanceof Element && target.matches("[data-query]")) {
    target.dispatchEvent(new CustomEvent("km:query", { bubbles: true, detail: { value: target.value } }));
  }
}

document.addEventListener("input", (event) => {
  if (!event.isComposing) tell(event.target);
});
document.addEventListener("compositionend", (event) => {
  // Some input methods end just before the confirming Enter: that key still belongs to them.
  justEnded = true;
  setTimeout(() => { justEnded = false; }, 0);
  tell(event.target);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && justEnded && !event.isComposing) event.preventDefault();
}, true);
