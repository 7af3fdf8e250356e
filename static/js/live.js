// Asks every two seconds what is new, while somebody looks; the dot is green only while the desk answers.
const EVERY = 2000, AWAY = 10 * 60_000, ENDED = 16 * 60_000;
const dot = document.getElementById("live");
let active = Date.now(), knocked = false;

for (const sign of ["pointermove", "pointerdown", "keydown", "scroll"]) addEventListener(sign, () => { active = Date.now(); knocked = false; }, { passive: true });

// Polling would keep an abandoned sign-in alive for ever, so it rests after ten quiet minutes; one knock later on
// lets the server close the page when the sign-in has run out.
setInterval(() => {
  const quiet = Date.now() - active;
  if (document.hidden || (quiet > AWAY && (quiet < ENDED || knocked))) return;
  knocked = quiet > ENDED;
  const all = [...document.querySelectorAll("[data-live]")], others = all.filter(one => one !== dot);
  (others.length ? others : all).forEach(one => { if (!one.querySelector("[data-refresh]") || one === dot) htmx.trigger(one, "poll"); });
  if (others.length && others.every(one => one.querySelector("[data-refresh]"))) htmx.trigger(dot, "poll");
}, EVERY);
const show = on => { dot.dataset.state = on ? "on" : "off"; dot.firstElementChild.textContent = on ? "Live" : "Offline"; };
addEventListener("htmx:afterRequest", event => { if (event.detail.elt.matches("[data-live]")) show(event.detail.successful); });
show(navigator.onLine);
