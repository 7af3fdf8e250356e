// Calendars: tells the server the browser's zone for "Mine", and adds rows to the dates that differ without a round trip.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (!document.cookie.includes(`desk_zone=${zone}`)) document.cookie = `desk_zone=${zone}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;

const dates = document.querySelector("#dates tbody");
document.querySelector("[data-more]")?.addEventListener("click", event => {
  event.preventDefault();
  const last = dates.rows[dates.rows.length - 1], number = dates.rows.length, row = last.cloneNode(true);
  for (const input of row.querySelectorAll("input")) {
    input.name = input.name.replace(/\d+$/, number);
    input.ariaLabel = input.ariaLabel.replace(/\d+$/, number + 1);
    input.removeAttribute("aria-invalid");
    if (input.type === "checkbox") input.checked = false; else input.value = "";
  }
  row.querySelectorAll(".error").forEach(error => error.remove());
  dates.append(row);
  row.querySelector("input").focus();
});
