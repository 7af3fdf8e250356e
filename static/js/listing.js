// Lists: count and keep the selection, open a row by clicking it, keep the search box in step with the chips.
const region = () => document.getElementById("region");
const boxes = () => [...document.querySelectorAll("#selection tbody input[name=id]")];

function count() {
  const all = boxes(), chosen = all.filter(box => box.checked).length;
  const label = document.querySelector("#selection [data-count]"), every = document.querySelector("#selection [data-all]");
  if (label) label.textContent = `${chosen} selected`;
  if (every) { every.checked = chosen > 0 && chosen === all.length; every.indeterminate = chosen > 0 && chosen < all.length; }
}
addEventListener("change", event => {
  if (event.target.matches("[data-all]")) boxes().forEach(box => { box.checked = event.target.checked; });
  if (event.target.closest("#selection")) count();
});
// In a bulk change, touching a field ticks it.
addEventListener("input", event => { const tick = event.target.closest(".pick")?.querySelector("[name=set]"); if (tick && tick !== event.target) tick.checked = true; });
addEventListener("reset", () => setTimeout(count));
addEventListener("click", event => {
  const row = event.target.closest?.("tr[data-href]");
  if (row && !event.target.closest("a, button, input, label, summary") && !String(getSelection())) location.assign(row.dataset.href);
});
addEventListener("htmx:afterSwap", event => {
  const box = document.getElementById("q");
  if (event.target.id !== "region" && !region()?.contains(event.target)) return;
  if (box && box !== document.activeElement) box.value = region().dataset.q;
  count();
});
// A filter that is opened comes into sight, ready to be written.
addEventListener("toggle", event => {
  if (!event.target.matches?.(".add details.inner[open]")) return;
  event.target.scrollIntoView({ block: "nearest" });
  event.target.querySelector(".ask input:not([type=date], [type=time])")?.focus();
}, true);
// A refresh brings the same list: what was selected and where the cursor stood stays.
addEventListener("click", async event => {
  if (!event.target.closest?.("[data-refresh]") || !region()) return;
  event.preventDefault();
  const chosen = new Set(boxes().filter(box => box.checked).map(box => box.value)), cursor = document.querySelector("tr[data-cursor]")?.dataset.href;
  await htmx.ajax("GET", location.pathname + location.search, { target: "#region", swap: "outerHTML" });
  boxes().forEach(box => { box.checked = chosen.has(box.value); });
  const row = cursor && document.querySelector(`tr[data-href="${CSS.escape(cursor)}"]`);
  if (row) row.dataset.cursor = "";
  count();
});
