// The inbox keeps up by itself: new rows come in, others go, and focus, scroll and what somebody reads stay where they are.
const here = document.querySelector("[data-inbox]"), news = document.getElementById("inbox-news"), KEPT = "inbox-at";
const section = () => document.getElementById("inbox"), list = () => document.getElementById("inbox-rows");
const keys = () => [...list().children].map(row => row.dataset.key);
let before = "";

// One node becomes like the other without being another one: what has the focus keeps it.
function become(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) { old.replaceWith(fresh); return; }
  if (old.nodeType !== Node.ELEMENT_NODE) { old.nodeValue = fresh.nodeValue; return; }
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && name !== "data-cursor") old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const others = [...fresh.childNodes], own = [...old.childNodes];
  own.slice(others.length).forEach(child => child.remove());
  others.forEach((child, at) => { if (own[at]) become(own[at], child); else old.append(child); });
}
function place(wanted) {
  wanted.forEach((row, at) => {
    const there = list().children[at];
    if (there === row) return;
    // Moving an element takes its focus, so the others move around it.
    if (row.contains(document.activeElement)) while (list().children[at] !== row) list().append(list().children[at]);
    else list().insertBefore(row, there ?? null);
  });
}
function show(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("inbox");
  if (!fresh) return;
  const had = keys(), old = new Map([...list().children].map(row => [row.dataset.key, row]));
  const held = document.activeElement.closest?.("#inbox-rows > li"), at = held ? had.indexOf(held.dataset.key) : -1;
  const anchor = held ?? [...list().children].find(row => row.getBoundingClientRect().bottom > 0), top = anchor?.getBoundingClientRect().top;
  const rows = [...fresh.querySelector("#inbox-rows").children], now = new Set(rows.map(row => row.dataset.key));
  old.forEach((row, key) => { if (!now.has(key)) row.remove(); });
  const wanted = rows.map(row => { const kept = old.get(row.dataset.key); if (kept) become(kept, row); return kept ?? row; });
  place(wanted);
  become(section().querySelector(".tabs"), fresh.querySelector(".tabs"));
  document.getElementById("inbox-empty").hidden = wanted.length > 0;
  section().dataset.mark = fresh.dataset.mark;
  htmx.process(section());
  if (held && !held.isConnected) focusAt(at);
  else if (anchor?.isConnected && window.scrollY > 0) scrollBy(0, anchor.getBoundingClientRect().top - top);
  const came = wanted.filter(row => !had.includes(row.dataset.key)).length;
  news.textContent = came ? `${came} new in the inbox` : "";
}
function focusAt(at) {
  const row = list().children[Math.min(at, list().children.length - 1)];
  if (!row) return;
  [...list().children].forEach(one => delete one.dataset.cursor);
  row.dataset.cursor = "";
  row.querySelector("a.open").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

addEventListener("htmx:configRequest", event => {
  if (event.detail.elt !== here) return;
  new URLSearchParams(here.dataset.query).forEach((value, name) => { event.detail.parameters[name] = value; });
  event.detail.parameters.mark = section().dataset.mark;
});
addEventListener("htmx:afterRequest", event => {
  const { elt, xhr, successful } = event.detail;
  if (successful && xhr.status === 200 && (elt === here || elt.closest("#inbox-rows") && elt.matches("form"))) show(xhr.responseText);
});

// What is done in the dialog brings the page back: to the row that was worked at, or to the one that took its place.
const leaving = () => {
  const row = document.querySelector("#inbox-rows > li[data-cursor]") ?? document.activeElement.closest?.("#inbox-rows > li");
  if (row) sessionStorage.setItem(KEPT, JSON.stringify({ key: row.dataset.key, at: keys().indexOf(row.dataset.key), y: scrollY }));
};
addEventListener("focusin", event => { const row = event.target.closest?.("#inbox-rows > li"); if (row) { [...list().children].forEach(one => { if (one !== row) delete one.dataset.cursor; }); row.dataset.cursor = ""; } });
addEventListener("submit", event => { if (event.target.closest("#ask, #inbox-rows")) leaving(); });
const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
sessionStorage.removeItem(KEPT);
if (kept) { scrollTo(0, kept.y); const same = keys().indexOf(kept.key); focusAt(same >= 0 ? same : kept.at); }

const does = { c: "[data-claim]", s: "[data-snooze]", a: "[data-act]" };
addEventListener("keydown", event => {
  const isJump = before === "g";
  before = event.key;
  if (isJump || !does[event.key] || event.metaKey || event.ctrlKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select")) return;
  const button = document.querySelector(`#inbox-rows > li[data-cursor] ${does[event.key]}`);
  if (button) { event.preventDefault(); button.click(); }
});
// Some of what waits is told by a notification alone.
addEventListener("ring", () => htmx.trigger(here, "poll"));
