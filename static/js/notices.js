// News that the browser itself shows while nobody looks at the page, for those who asked for it here.
const KEY = "desk-browser-notices", button = document.getElementById("browser-notices"), state = document.getElementById("browser-notices-state");
const isOn = () => "Notification" in window && Notification.permission === "granted" && localStorage.getItem(KEY) === "on";

addEventListener("told", event => {
  if (!document.hidden || !isOn()) return;
  for (const { text, detail, href, id } of event.detail.value) {
    const shown = new Notification(text, { body: detail, tag: `desk-${id}` });
    shown.onclick = () => { focus(); location.assign(href); };
  }
});

function show() {
  button.hidden = !("Notification" in window);
  button.textContent = isOn() ? button.dataset.on : button.dataset.off;
  button.disabled = !button.hidden && Notification.permission === "denied";
  state.textContent = button.hidden ? "This browser cannot." : button.disabled ? "The browser's own settings forbid it." : isOn() ? "On in this browser." : "";
}
if (button) {
  show();
  button.addEventListener("click", async () => {
    if (isOn()) localStorage.removeItem(KEY);
    else if (await Notification.requestPermission() === "granted") localStorage.setItem(KEY, "on");
    show();
  });
}
