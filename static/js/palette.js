// The command palette: static entries are filtered here, objects are found by the server while one types.
const dialog = document.getElementById("palette"), input = dialog.querySelector("input"), hits = document.getElementById("palette-hits");
const options = () => [...dialog.querySelectorAll("[role=option]:not([hidden])")];

function pick(option) {
  dialog.querySelectorAll("[role=option]").forEach(one => one.setAttribute("aria-selected", String(one === option)));
  option?.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", option?.id ?? "");
}
function filter() {
  const sought = input.value.trim().toLowerCase();
  if (!sought) hits.replaceChildren();
  for (const option of dialog.querySelectorAll("[role=option]")) option.hidden = !hits.contains(option) && !option.querySelector("b").textContent.toLowerCase().includes(sought);
  pick(options()[0]);
}
function open() { input.value = ""; filter(); dialog.showModal(); }

input.addEventListener("input", filter);
hits.addEventListener("htmx:afterSwap", filter);
dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); });
dialog.addEventListener("keydown", event => {
  const all = options(), at = all.findIndex(one => one.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) { pick(all.at((at + step) % all.length)); event.preventDefault(); }
  if (event.key === "Enter") { event.preventDefault(); all[at]?.click(); }
});
addEventListener("click", event => { if (event.target.closest?.("[data-palette]")) { event.preventDefault(); open(); } });
addEventListener("keydown", event => { if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") { event.preventDefault(); if (!dialog.open) open(); } });

// Objects that were opened in this tab, newest first; they go with the tab, so that no name of a client stays behind.
const KEPT = 8, opened = document.querySelector("[data-object] h1"), kind = document.querySelector(".crumbs a")?.textContent ?? "";
const recent = JSON.parse(sessionStorage.getItem("recent") ?? "[]").filter(([, , href]) => href !== location.pathname);
recent.forEach(([label, detail, href], at) => {
  const option = document.getElementById("recent").content.firstElementChild.cloneNode(true);
  Object.assign(option, { id: `recent-${at}`, href });
  option.querySelector("b").textContent = label;
  option.querySelector("small").textContent = detail;
  document.getElementById("palette-recent").append(option);
});
if (opened) recent.unshift([opened.textContent.trim(), kind, location.pathname]);
sessionStorage.setItem("recent", JSON.stringify(recent.slice(0, KEPT)));
document.querySelector('form[action$="/sign-out/"]')?.addEventListener("submit", () => sessionStorage.removeItem("recent"));
