// Two texts, one place: both side by side with the lines marked that differ, and a choice between them.
import { icon, make, text } from "./data.js";

function lines(words, other) {
  const known = new Set(other.split("\n").map((line) => line.trim()));
  const pre = make("div", "panel-b pre");
  for (const line of words.split("\n")) {
    pre.append(line.trim() && !known.has(line.trim()) ? make("mark", "", line) : line, "\n");
  }
  return pre;
}

function side(title, pre) {
  const part = make("section", "panel", make("div", "panel-h", make("h3", "", title)), pre);
  part.setAttribute("aria-label", title);
  return part;
}

function choice(words, kind, name) {
  const button = make("button", `btn btn-${kind}`, words);
  button.type = "button";
  button.dataset.conflictChoice = name;
  return button;
}

/** Show both texts at the top of the form. mine and theirs: {field: words}. choose gets "mine" or "theirs" once. */
export function showConflict(form, words, mine, theirs, choose) {
  form.querySelector("[data-conflict]")?.remove();
  const differing = Object.keys(theirs).filter((name) => typeof mine[name] === "string" && mine[name] !== theirs[name]);
  const all = (texts) => differing.map((name) => texts[name]).join("\n\n");
  const box = make("section", "conflict", make("p", "hint bad", icon("st-bad"), make("span", "", words)),
    make("div", "both", side(text("mine"), lines(all(mine), all(theirs))), side(text("theirs"), lines(all(theirs), all(mine)))),
    make("div", "row-x", choice(text("useMine"), "primary", "mine"), choice(text("useTheirs"), "plain", "theirs")));
  box.dataset.conflict = "";
  box.setAttribute("role", "alert");
  box.tabIndex = -1;
  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-conflict-choice]");
    if (!button) return;
    box.remove();
    choose(button.dataset.conflictChoice);
  });
  form.prepend(box);
  box.scrollIntoView({ block: "start" });
}

/** A form that came back from the server with the other text in data-theirs, its own text in its fields. */
export function offerChoice(form, editor) {
  const theirs = JSON.parse(form.dataset.theirs);
  const mine = Object.fromEntries(Object.keys(theirs).map((name) => [name, form.elements[name]?.value]));
  showConflict(form, form.dataset.theirsBy, mine, theirs, (chosen) => editor.chose(chosen, theirs));
}
