// A list that refreshes itself: the row that was chosen stays chosen and the cursor stays where it was; what is open waits.
const chosen = { row: "", focus: "" };

export function start() {
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.matches?.("[data-live]") && document.querySelector("dialog[open], details.menu[open]")) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const live = event.detail.target;
    if (!live.matches?.("[data-live]")) return;
    chosen.row = live.querySelector("[data-row].on")?.dataset.rowId || "";
    chosen.focus = live.contains(document.activeElement) ? document.activeElement.id : "";
  });
  document.addEventListener("htmx:afterSwap", () => {
    const row = chosen.row && document.querySelector(`[data-live] [data-row-id="${CSS.escape(chosen.row)}"]`);
    if (row) {
      row.classList.add("on");
      row.setAttribute("aria-current", "true");
    }
    if (chosen.focus) document.getElementById(chosen.focus)?.focus({ preventScroll: true });
    chosen.row = chosen.focus = "";
  });
}
