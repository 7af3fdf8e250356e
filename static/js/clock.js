// Shows every <time> in the reader's zone, in UTC or in the market's own zone; the markup holds the exact instant.
function show(scope) {
  const clock = document.documentElement.dataset.clock;
  for (const time of scope.querySelectorAll("time[datetime]")) {
    const timeZone = clock === "utc" ? "UTC" : clock === "market" ? time.dataset.zone || "UTC" : undefined;
    time.textContent = new Date(time.dateTime).toLocaleString("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
  }
}
show(document);
addEventListener("look", () => show(document));
addEventListener("htmx:load", event => show(event.detail.elt.parentElement ?? document));
