// The drop zone is a file input that covers it; this only shows that something hovers over it and what was chosen.
const zone = document.querySelector("[data-drop]"), input = zone?.querySelector("input[type=file]"), words = zone?.querySelector("[data-chosen]");
const empty = words?.textContent;
const sized = bytes => bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

function show() {
  const [file] = input.files;
  words.textContent = file ? `${file.name}, ${sized(file.size)}` : empty;
  zone.toggleAttribute("data-full", Boolean(file));
}
if (input) {
  for (const sign of ["dragenter", "dragover"]) zone.addEventListener(sign, () => zone.setAttribute("data-over", ""));
  for (const sign of ["dragleave", "drop"]) zone.addEventListener(sign, () => zone.removeAttribute("data-over"));
  input.addEventListener("change", show);
  show();
}
