// What does not fit in a form is said by us, at its field and in the reader's language; the browser's bubbles never come up.
// A form that is sent by script goes to the server as it is, which tells everything at once. What the browser would not send
// at all, a half-typed day, and forms that it sends itself or that hold a password, are held back with the message here.
import { data, icon, make, text } from "./data.js";
import { ours } from "./submit.js";
import { toast } from "./toast.js";

let first = null;

function words(field) {
  const { validity } = field;
  if (validity.badInput) return text(field.type === "number" ? "badNumber" : "badDay");
  if (validity.valueMissing) return text("needed");
  if (validity.rangeUnderflow) return text("least", { n: field.min });
  if (validity.rangeOverflow) return text("most", { n: field.max });
  if (validity.stepMismatch) return text("badNumber");
  if (validity.typeMismatch && field.type === "email") return text("badMail");
  return validity.customError ? field.validationMessage : text("badForm");
}

function say(field) {
  const place = field.closest(".field");
  if (!place) return toast(words(field), "bad");
  const said = place.querySelector(".field-e") || place.appendChild(make("p", "field-e"));
  said.id ||= `${field.name}-error`;
  said.replaceChildren(icon("st-bad"), make("span", "", words(field)));
  place.classList.add("wrong");
  if (field.type === "radio") return;
  field.setAttribute("aria-invalid", "true");
  const about = new Set((field.getAttribute("aria-describedby") || "").split(" ").filter(Boolean));
  field.setAttribute("aria-describedby", [...about.add(said.id)].join(" "));
}

function unsay(field) {
  const place = field.closest?.(".field.wrong");
  if (!place || !field.validity?.valid) return;
  place.classList.remove("wrong");
  place.querySelector(".field-e")?.remove();
  place.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
}

/** Put the cursor into a field with a message, where no bar that stays on top hides it. */
export function lead(field) {
  field?.focus({ preventScroll: true });
  (field?.closest(".field") || field)?.scrollIntoView({ block: "center" });
}

function told(form) {
  const fields = [...form.elements];
  return (ours(form) || form.closest(".drawer")) && !form.querySelector("input[type=password]")
    && !fields.some((field) => field.validity?.badInput);
}

export function start() {
  if (!data.texts?.needed) return;
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("button, input[type=submit]");
    if (button?.form && button.type === "submit" && button.form.method === "post") button.form.noValidate = Boolean(told(button.form));
  }, true);
  document.addEventListener("invalid", (event) => {
    event.preventDefault();
    say(event.target);
    first ||= event.target;
    setTimeout(() => { lead(first); first = null; }, 0);
  }, true);
  document.addEventListener("input", (event) => unsay(event.target));
  document.addEventListener("change", (event) => unsay(event.target));
}
