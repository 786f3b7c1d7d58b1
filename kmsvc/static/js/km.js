// Entry: starts every part. Parts find their own markup; a page without it costs nothing.
import "./compose.js";
import * as confirm from "./confirm.js";
import * as copy from "./copy.js";
import * as diff from "./diff.js";
import * as forms from "./forms.js";
import * as keys from "./keys.js";
import * as palette from "./palette.js";
import * as shell from "./shell.js";
import * as toast from "./toast.js";

for (const part of [shell, toast, forms, confirm, copy, palette, keys, diff]) part.start();

async function grow(root) {
  if (root.querySelector("[data-editor]")) (await import("./editor.js")).start(root);
  if (root.querySelector("[data-search]")) (await import("./search.js")).start(root);
}

grow(document);
document.addEventListener("htmx:afterSwap", (event) => grow(event.target.parentElement || document));
document.documentElement.classList.add("km-ready");
