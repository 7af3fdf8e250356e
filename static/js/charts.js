// Under the pointer: a hair over the chart, and what the row of that step says in the chart's table.
function read(plot, event) {
  const { steps, left, width, whole } = plot.dataset, box = plot.getBoundingClientRect();
  const scale = box.width / whole, step = Math.floor((event.clientX - box.left - left * scale) / (width * scale) * steps);
  const table = document.getElementById(plot.dataset.chart), row = table?.tBodies[0]?.rows[step];
  const hair = plot.querySelector(".hair"), readout = plot.querySelector(".readout");
  hair.hidden = !row;
  if (!row) return readout.replaceChildren();
  hair.style.left = `${(+left + (step + .5) * width / steps) * scale}px`;
  const heads = [...table.tHead.rows[0].cells];
  readout.replaceChildren(...[...row.cells].map((cell, at) => {
    const part = document.createElement("span"), name = document.createElement("small");
    name.textContent = at ? heads[at].textContent : "";
    part.append(name, cell.textContent);
    return part;
  }));
}
addEventListener("pointermove", event => {
  const plot = event.target.closest?.("[data-chart]");
  if (plot) read(plot, event);
  for (const other of document.querySelectorAll("[data-chart]:has(.hair:not([hidden]))")) {
    if (other === plot) continue;
    other.querySelector(".hair").hidden = true;
    other.querySelector(".readout").replaceChildren();
  }
}, { passive: true });
