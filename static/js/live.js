// Hears of what is new by one stream for all tabs, or asks every two seconds where there is none; the dot is green only while the desk answers.
const EVERY = 2000, HEARD = 30_000, SILENT = 25_000, RETRY = 30_000, AWAY = 10 * 60_000, ENDED = 16 * 60_000;
const dot = document.getElementById("live");
let active = Date.now(), knocked = false, heard = 0, asked = 0, turns = 0, last = {};

for (const sign of ["pointermove", "pointerdown", "keydown", "scroll"]) addEventListener(sign, () => { active = Date.now(); knocked = false; }, { passive: true });

function ask() {
  asked = Date.now();
  const all = [...document.querySelectorAll("[data-live]")], others = all.filter(one => one !== dot);
  (others.length ? others : all).forEach(one => { if (!one.querySelector("[data-refresh]") || one === dot) htmx.trigger(one, "poll"); });
  if (others.length && others.every(one => one.querySelector("[data-refresh]"))) htmx.trigger(dot, "poll");
}
const ring = () => { const bell = document.getElementById("unread"); if (bell) htmx.trigger(bell, "ring"); };

// Asking would keep an abandoned sign-in alive for ever, so it rests after ten quiet minutes; one knock later on
// lets the server close the page when the sign-in has run out.
setInterval(() => {
  const now = Date.now(), quiet = now - active;
  if (document.hidden || (quiet > AWAY && (quiet < ENDED || knocked))) return;
  if (quiet < AWAY && now - heard < SILENT && now - asked < HEARD) return;
  knocked = quiet > ENDED;
  ask();
  if (turns++ % 2 === 0) ring();
}, EVERY);
const show = on => { dot.dataset.state = on ? "on" : "off"; dot.firstElementChild.textContent = on ? "Live" : "Offline"; };
addEventListener("htmx:afterRequest", event => { if (event.detail.elt.matches("[data-live]")) show(event.detail.successful); });
show(navigator.onLine);

// What the stream says: nothing but that there is news, the page asks for it itself.
function hear(news) {
  heard = news.lost ? 0 : Date.now();
  dot.dataset.by = news.lost ? "asking" : "stream";
  if (news.lost) return;
  show(true);
  if (Date.now() - active > AWAY) return;
  if ("records" in news && news.records !== last.records && !document.hidden) ask();
  if ("notifications" in news && news.notifications !== last.notifications) ring();
  last = { ...last, ...news };
}
// A page that was hidden asks when it is looked at again: it may have missed what others changed.
document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });

const channel = new BroadcastChannel("events"), url = dot.dataset.events;
channel.onmessage = event => hear(event.data);
const tell = news => { channel.postMessage(news); hear(news); };
const listen = () => new Promise(done => {
  const stream = new EventSource(url, { withCredentials: true });
  stream.addEventListener("changed", event => tell(JSON.parse(event.data)));
  stream.addEventListener("beat", () => tell({}));
  stream.onerror = () => { tell({ lost: true }); if (stream.readyState === EventSource.CLOSED) done(); };
});
async function keep() { for (;;) { await listen(); await new Promise(done => setTimeout(done, RETRY)); } }
// One tab listens for all: browsers hold few connections to one place.
if (url) { if (navigator.locks) navigator.locks.request("events", keep); else keep(); }
