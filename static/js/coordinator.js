// The queue by keyboard. The keys work only while the focus is in the list, so they never surprise a screen reader.
const queue = document.querySelector(".triage");

function rows() {
  return [...queue.querySelectorAll(".triage-row")];
}

function go(from, step) {
  const all = rows();
  const next = all[all.indexOf(from) + step];
  next?.querySelector("h2 a")?.focus();
}

queue?.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const row = event.target.closest(".triage-row");
  if (!row) return;
  if (event.key === "j") go(row, 1);
  else if (event.key === "k") go(row, -1);
  else if (/^[1-5]$/.test(event.key)) row.querySelector(`[data-key="${event.key}"]`)?.click();
  else return;
  event.preventDefault();
});

// A click anywhere in a row is enough to go on by keyboard from there.
queue?.addEventListener("click", ({ target }) => {
  if (!target.closest("a, button, input, select, textarea, label, summary")) target.closest(".triage-row")?.querySelector("h2 a")?.focus();
});

// After a decision the row that comes next has the focus, so that the keys go on working.
if (queue && /^#(queue|report-\d+)$/.test(location.hash)) {
  (document.querySelector(location.hash) ?? queue.querySelector("h2 a"))?.focus();
}

// The map and the list move together: pointing at a row shows its place, choosing a place on the map shows its row.
const frame = document.querySelector("iframe.map-frame");
const tell = (id) => frame?.contentWindow?.postMessage({ spot: id }, location.origin);
for (const row of document.querySelectorAll("[data-spot]")) {
  row.addEventListener("pointerenter", () => tell(Number(row.dataset.spot)));
  row.addEventListener("focusin", () => tell(Number(row.dataset.spot)));
}
addEventListener("message", (event) => {
  if (event.origin !== location.origin || !Number.isInteger(event.data?.chosen)) return;
  document.querySelectorAll("[data-spot]").forEach((r) => r.classList.toggle("chosen", Number(r.dataset.spot) === event.data.chosen));
  document.querySelector(`[data-spot="${event.data.chosen}"]`)?.scrollIntoView({ block: "nearest" });
});

// A plain answer to begin from: pressed, it stands in the field, where it can be changed before it is sent.
for (const button of document.querySelectorAll("button[data-answer]")) {
  button.addEventListener("click", () => {
    const field = document.querySelector("#answer_text");
    field.value = button.textContent.trim();
    field.focus();
  });
}
