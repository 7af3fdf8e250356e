// No connection: a quiet line above the page and a look every five seconds whether the desk is back. What is being written stays written.
const line = document.getElementById("offline"), EVERY = 5000;
let timer = 0;

function lost() {
  if (!line.hidden) return;
  line.querySelector("time").textContent = new Date().toLocaleTimeString("sv-SE", { timeStyle: "short" });
  line.hidden = false;
  timer = setInterval(again, EVERY);
}
function found() {
  clearInterval(timer);
  line.hidden = true;
}
async function again() {
  try { if ((await fetch(line.dataset.ask, { headers: { "HX-Request": "true" } })).status < 500) found(); } catch { /* still away */ }
}
addEventListener("offline", lost);
addEventListener("online", again);
addEventListener("htmx:sendError", lost);
addEventListener("htmx:afterRequest", event => { if (event.detail.xhr?.status) found(); });
line.querySelector("button").addEventListener("click", again);
// A form that is sent now would take its page away and leave the browser's own error instead.
addEventListener("submit", event => {
  if (line.hidden || event.target.method === "dialog") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  line.querySelector("b").textContent = "Not sent: there is no connection to the desk.";
}, true);
if (!navigator.onLine) lost();
