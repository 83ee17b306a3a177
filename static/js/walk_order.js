// Stops are put in order by dragging. The buttons beside them do the same, without a script and by keyboard.
const list = document.querySelector("ol.stops[data-order]");
const form = document.querySelector("#order-form");

function rows() {
  return [...list.querySelectorAll("li[data-stop]")];
}

function order() {
  return rows().map((row) => row.dataset.stop);
}

function send() {
  for (const stop of order()) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "stops", value: stop });
    form.append(field);
  }
  form.submit();
}

// The row goes where the pointer is: before the first row whose middle lies below it.
function follow(row, y) {
  const below = rows().find((other) => other !== row && y < other.getBoundingClientRect().top + other.offsetHeight / 2);
  if (below !== row.nextElementSibling) list.insertBefore(row, below ?? null);
}

// The document listens, since a row that moves in the page loses whatever it had captured.
function lift(row, event) {
  const before = order().join();
  const done = new AbortController();
  event.preventDefault();
  row.classList.add("lifted");
  const drop = (ended) => {
    done.abort();
    row.classList.remove("lifted");
    if (ended.type === "pointerup" && order().join() !== before) send();
  };
  document.addEventListener("pointermove", (moved) => follow(row, moved.clientY), { signal: done.signal });
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, drop, { signal: done.signal });
}

for (const row of list ? rows() : []) {
  const grip = document.createElement("span");
  grip.className = "stop-grip";
  grip.textContent = "⠿";
  grip.setAttribute("aria-hidden", "true");
  grip.addEventListener("pointerdown", (event) => lift(row, event));
  row.prepend(grip);
}
