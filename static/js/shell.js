// The frame: menus, toasts, looks (theme, density, clock) and the dialog for questions.
const root = document.documentElement, toasts = document.getElementById("toasts");

// Menus are <details>; one is open at a time, a click elsewhere or Escape closes it.
addEventListener("click", event => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
addEventListener("keydown", event => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); event.stopImmediatePropagation(); }
});

function toast(text, kind = "info", href = "") {
  const box = document.getElementById("toast").content.firstElementChild.cloneNode(true);
  box.classList.add(kind);
  const words = href ? Object.assign(document.createElement("a"), { href }) : box.firstElementChild;
  words.textContent = text;
  if (href) box.firstElementChild.replaceChildren(words);
  toasts.append(box);
  passing(box);
}
const passing = box => { if (!box.classList.contains("error")) setTimeout(() => box.remove(), 7000); };
toasts.querySelectorAll(".toast").forEach(passing);
toasts.addEventListener("click", event => { if (event.target.matches("button")) event.target.parentElement.remove(); });
addEventListener("toast", event => event.detail.value.forEach(({ text, kind, href }) => toast(text, kind, href)));
const failed = event => {
  const { elt, xhr } = event.detail;
  if (elt.matches("[data-live]") || xhr?.getResponseHeader("HX-Trigger")) return;
  toast(xhr?.status ? `That did not work (${xhr.status}). Request ${xhr.getResponseHeader("X-Request-ID") ?? "unknown"}.` : "The desk does not answer. Check your connection.", "error");
};
for (const sign of ["htmx:responseError", "htmx:sendError"]) addEventListener(sign, failed);

addEventListener("submit", event => {
  const { target: form, submitter } = event;
  if (form.matches("[data-look]") && submitter?.name) {
    event.preventDefault();
    look(submitter.name, submitter.value);
    if (!submitter.closest(".seg")) submitter.value = submitter.value === "dark" ? "light" : "dark";
  }
});
// A link that leads to a question page brings the question into the dialog instead.
addEventListener("click", event => { if (event.target.matches?.("#ask, #shortcuts")) event.target.close(); if (event.target.closest?.("dialog [data-close]")) { event.preventDefault(); event.target.closest("dialog").close(); } });
addEventListener("htmx:afterSwap", event => { if (event.target.id === "ask" && !event.target.open) event.target.showModal(); });
function look(name, value) {
  document.cookie = `desk_${name}=${value}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  if (value === "system") delete root.dataset[name]; else root.dataset[name] = value;
  document.querySelectorAll(`.seg [name="${name}"]`).forEach(button => button.setAttribute("aria-pressed", String(button.value === value)));
  dispatchEvent(new Event("look"));
}
// The sidebar is longer than some windows: where one is comes into sight.
const side = document.getElementById("side"), here = side.querySelector("[aria-current]");
if (here && here.offsetTop > side.clientHeight - 60) side.scrollTop = here.offsetTop - side.clientHeight / 2;
const toggle = document.querySelector(".top > form [name=theme]");
if (toggle && !root.dataset.theme) toggle.value = matchMedia("(prefers-color-scheme: dark)").matches ? "light" : "dark";
if (/Mac|iP/.test(navigator.platform)) document.querySelectorAll("[data-mod]").forEach(key => { key.textContent = "⌘K"; });
