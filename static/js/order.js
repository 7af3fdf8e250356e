// What is put in order, a list or a tree: drag and drop, Alt with arrows, and what was done read aloud. Every act is a button of the form, so all works without this.
const editor = () => document.getElementById("editor");
const rows = () => [...document.querySelectorAll("[data-rank]")];
const moves = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "out", ArrowRight: "in" };
let dragged = null, leaving = false;

addEventListener("keydown", event => {
  const row = event.target.closest?.("[data-rank]"), move = moves[event.key];
  if (!row || !move || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const button = event.altKey && document.getElementById(`${move}-${row.dataset.rank}`);
  const all = rows(), name = all[all.indexOf(row) + { up: -1, down: 1 }[move]]?.querySelector(".name");
  if (!button && (event.altKey || !name)) return;
  event.preventDefault();
  if (button) button.click(); else name.focus();
});

const mark = (row, where) => { for (const one of rows()) delete one.dataset.drop; if (row) row.dataset.drop = where; };
function where(row, event) {
  const { top, height } = row.getBoundingClientRect(), share = (event.clientY - top) / height;
  if (!("nests" in editor().dataset)) return share < .5 ? "before" : "after";
  return share < .3 ? "before" : share > .7 ? "after" : "inside";
}
addEventListener("dragstart", event => {
  const row = event.target.closest?.("[data-rank][draggable]");
  if (!row) return;
  dragged = row.dataset.rank;
  row.dataset.dragged = "";
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", row.querySelector(".name")?.textContent ?? row.innerText);
});
addEventListener("dragover", event => {
  const row = dragged && event.target.closest?.("[data-rank]");
  if (!row || row.dataset.rank === dragged) return mark(null);
  event.preventDefault();
  mark(row, where(row, event));
});
addEventListener("drop", event => {
  const row = dragged && event.target.closest?.("[data-rank]");
  if (!row || row.dataset.rank === dragged) return;
  event.preventDefault();
  const button = document.querySelector("[data-place]");
  button.value = `place:${dragged}:${where(row, event)}:${row.dataset.rank}`;
  button.click();
});
addEventListener("dragend", () => {
  for (const row of rows()) delete row.dataset.dragged;
  mark(null);
  dragged = null;
});

// The new form stands where the old one stood: say what was done, and leave the keyboard on the one that moved.
addEventListener("htmx:afterSettle", () => {
  const form = editor();
  if (!form || !("said" in form.dataset)) return;
  document.getElementById("said").textContent = form.dataset.said;
  if (document.activeElement === document.body || document.activeElement?.disabled) document.getElementById(`rank-${form.dataset.moved}`)?.focus();
  if (document.activeElement?.matches("input[autofocus]")) document.activeElement.select();
});

addEventListener("click", event => { if (event.target.closest?.("[data-discard]")) leaving = true; });
addEventListener("submit", event => { if (event.target === editor()) leaving = ["save", "draft"].includes(event.submitter?.value); });
addEventListener("htmx:afterRequest", () => { if (editor()?.dataset.unsaved === undefined) leaving = false; });
addEventListener("beforeunload", event => { if (editor()?.dataset.unsaved !== undefined && !leaving) event.preventDefault(); });
