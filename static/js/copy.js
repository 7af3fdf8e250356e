// Copy buttons: shown only where the browser can copy.
for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy), words = button.querySelector("span"), label = words.textContent;
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    words.textContent = "Copied";
    setTimeout(() => { words.textContent = label; }, 2000);
  });
}
