// The category tree: drag and drop, Alt with arrows, and what was done read aloud. Every act is a button of the form, so all works without this.
const editor = () => document.getElementById("editor");
const rows = () => [...document.querySelectorAll(".tree li[data-node]")];
const moves = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "out", ArrowRight: "in" };
let dragged = null, leaving = false;

addEventListener("keydown", event => {
  const row = event.target.closest?.(".tree li[data-node]"), move = moves[event.key];
  if (!row || !move || event.metaKey || event.ctrlKey || event.shiftKey) return;
  if (event.altKey) {
    event.preventDefault();
    document.getElementById(`${move}-${row.dataset.node}`)?.click();
  } else if (move === "up" || move === "down") {
    event.preventDefault();
    const all = rows(), next = all[all.indexOf(row) + (move === "up" ? -1 : 1)];
    next?.querySelector(".name").focus();
  }
});

const mark = (row, where) => { for (const one of rows()) delete one.dataset.drop; if (row) row.dataset.drop = where; };
function where(row, event) {
  const { top, height } = row.getBoundingClientRect(), share = (event.clientY - top) / height;
  return share < .3 ? "before" : share > .7 ? "after" : "inside";
}
addEventListener("dragstart", event => {
  const row = event.target.closest?.("li[data-node]");
  if (!row) return;
  dragged = row.dataset.node;
  row.dataset.dragged = "";
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", row.querySelector(".name").textContent);
});
addEventListener("dragover", event => {
  const row = dragged && event.target.closest?.("li[data-node]");
  if (!row || row.dataset.node === dragged) return mark(null);
  event.preventDefault();
  mark(row, where(row, event));
});
addEventListener("drop", event => {
  const row = dragged && event.target.closest?.("li[data-node]");
  if (!row || row.dataset.node === dragged) return;
  event.preventDefault();
  const button = document.querySelector("[data-place]");
  button.value = `place:${dragged}:${where(row, event)}:${row.dataset.node}`;
  button.click();
});
addEventListener("dragend", () => {
  for (const row of rows()) delete row.dataset.dragged;
  mark(null);
  dragged = null;
});

// The new form stands where the old one stood: say what was done, and leave the keyboard on the category it was on.
addEventListener("htmx:afterSettle", () => {
  const form = editor();
  if (!form || !("said" in form.dataset)) return;
  document.getElementById("said").textContent = form.dataset.said;
  if (document.activeElement === document.body || document.activeElement?.disabled) document.getElementById(`node-${form.dataset.selected}`)?.focus();
  if (document.activeElement?.matches("#category-name[autofocus]")) document.activeElement.select();
});

addEventListener("click", event => { if (event.target.closest?.("[data-discard]")) leaving = true; });
addEventListener("submit", event => { if (event.target === editor()) leaving = event.submitter?.value === "save"; });
addEventListener("htmx:afterRequest", () => { if (editor()?.dataset.unsaved === undefined) leaving = false; });
addEventListener("beforeunload", event => { if (editor()?.dataset.unsaved !== undefined && !leaving) event.preventDefault(); });
