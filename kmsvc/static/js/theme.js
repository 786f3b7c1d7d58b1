// Loaded in <head> before the first paint: light or dark. Order: ?theme=, the reader's choice, the system.
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
})();
