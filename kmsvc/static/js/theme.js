// Loaded in <head> before the first paint: light or dark. Order: ?theme=, the reader's choice, the system. It also remembers
// single keys pressed before the other scripts are there, so that nobody who is quick is ignored; keys.js takes them over.
(function () {
  var root = document.documentElement;
  var system = matchMedia("(prefers-color-scheme: dark)");
  function apply(choice) {
    var dark = choice === "dark" || (choice !== "light" && system.matches);
    root.setAttribute("data-bs-theme", dark ? "dark" : "light");
  }
  root.classList.add("js");
  apply(new URLSearchParams(location.search).get("theme") || root.getAttribute("data-theme"));
  system.addEventListener("change", function () { apply(root.getAttribute("data-theme")); });
  root.addEventListener("km:theme", function (event) {
    root.setAttribute("data-theme", event.detail);
    apply(event.detail);
  });
  var early = [];
  function note(event) {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.key === "Enter" && event.target.matches && event.target.matches("[data-search]") && event.target.value.trim() && event.target.value === event.target.defaultValue) {
      event.preventDefault(); // these words are answered already: what follows is no longer typed
      event.target.dataset.entered = "";
      event.target.blur();
      return;
    }
    if (event.target.closest && event.target.closest("input, textarea, select, button, a, summary, [contenteditable]")) return;
    early.push(event);
  }
  document.addEventListener("keydown", note, true);
  window.kmEarlyKeys = function () {
    document.removeEventListener("keydown", note, true);
    return early.splice(0);
  };
})();
