// Single keys: j k x Enter on rows, / to the search, f to the filters, ? for help, g and a letter to jump, r to refresh, Escape to go back.
const help = document.getElementById("shortcuts");
const rows = () => [...document.querySelectorAll("table.grid tbody tr[data-href], #inbox-rows > li[data-href]")];
let before = "";

function move(step) {
  const all = rows(), at = all.findIndex(row => "cursor" in row.dataset), row = all[Math.max(0, Math.min(at + step, all.length - 1))];
  if (!row) return;
  all.forEach(one => delete one.dataset.cursor);
  row.dataset.cursor = "";
  row.querySelector("a.open")?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}
function back() {
  const checked = document.querySelectorAll("#selection tbody :checked");
  const trail = [...document.querySelectorAll(".crumbs a")].at(-1);
  if (checked.length) document.getElementById("selection").reset(); else if (trail) location.assign(trail.href);
}
const keys = {
  j: () => move(1),
  k: () => move(-1),
  x: () => document.querySelector("tr[data-cursor] input[type=checkbox]")?.click(),
  Enter: () => { const row = document.querySelector("tr[data-cursor]"); if (row && document.activeElement === document.body) location.assign(row.dataset.href); },
  "/": () => document.getElementById("q")?.focus(),
  f: () => { const add = document.getElementById("add-filter"); if (add && !add.parentElement.open) { add.click(); add.parentElement.querySelector("details.inner > summary")?.focus(); } },
  "?": () => help.showModal(),
  r: () => document.querySelector("[data-refresh]")?.click(),
  Escape: back,
};
addEventListener("keydown", event => {
  if (event.metaKey || event.ctrlKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const jump = before === "g" && document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
  before = event.key;
  if (jump) { event.preventDefault(); location.assign(jump.href); }
  else if (keys[event.key]) { if (event.key !== "Enter") event.preventDefault(); keys[event.key](); }
});
addEventListener("click", event => { if (event.target.closest?.("[data-shortcuts]")) { event.preventDefault(); help.showModal(); } });
