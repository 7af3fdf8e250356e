// Shows every <time> in the reader's zone, in UTC or in the market's own zone; the markup holds the exact instant.
function show(scope) {
  const clock = document.documentElement.dataset.clock;
  for (const time of scope.querySelectorAll("time[datetime]")) {
    const timeZone = clock === "utc" ? "UTC" : clock === "market" ? time.dataset.zone || "UTC" : undefined;
    time.textContent = new Date(time.dateTime).toLocaleString("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
  }
}
// The desk must know whose days a filter means.
const zone = encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone);
if (!document.cookie.split("; ").includes(`desk_zone=${zone}`)) document.cookie = `desk_zone=${zone}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
show(document);
addEventListener("look", () => show(document));
addEventListener("htmx:load", event => show(event.detail.elt.parentElement ?? document));
