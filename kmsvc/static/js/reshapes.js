// Merging: a heading's box ticks all below it, the new text below follows, and ticks that are not in the draft yet are said. Splitting: what goes with
// its section says where that is. Without script each box and each choice counts by itself, as the server reads it.

function boxes(form) {
  return [...form.querySelectorAll("input[name=picks]")];
}

function tick(form, box) {
  const below = (box.dataset.takes || "").split(" ").filter(Boolean);
  for (const one of boxes(form)) if (below.includes(one.value)) one.checked = box.checked;
  const ticked = new Set(boxes(form).filter((one) => one.checked).map((one) => one.value));
  for (const part of form.querySelectorAll("[data-result] [data-of]")) part.hidden = !ticked.has(part.dataset.of);
  if (!("composed" in form.dataset)) return;
  form.querySelector("[data-not-yet]").hidden = boxes(form).every((one) => one.checked === one.defaultChecked);
}

/** Where each goes, from the first to the last: headings come before what stands below them. */
function settle(form) {
  const places = new Map();
  for (const choice of form.querySelectorAll("[data-block]")) {
    const over = places.get(choice.dataset.over) || "0";
    places.set(choice.dataset.block, choice.value || over);
    choice.closest(".split-row").dataset.goes = choice.value || over;
    const inherited = choice.querySelector("[data-with]");
    if (inherited) inherited.textContent = `${inherited.dataset.with}${form.dataset.colon}${choice.querySelector(`option[value="${over}"]`).textContent}`;
  }
}

export function start() {
  document.addEventListener("change", (event) => {
    if (!(event.target instanceof Element)) return;
    const picks = event.target.closest("[data-picks]");
    if (picks && event.target.name === "picks") tick(picks, event.target);
    const split = event.target.closest("[data-split]");
    if (split && event.target.matches("[data-block]")) settle(split);
  });
}
