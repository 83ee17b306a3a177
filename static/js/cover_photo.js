// Draw solid boxes over a photo at the desk, with the mouse or by keyboard. The numbers beside are what is sent.
const $stage = document.querySelector("[data-stage]");
const $svg = $stage.querySelector("svg");
const $rows = document.querySelector("[data-rows]");
const $pattern = document.querySelector("[data-pattern]");
const $status = document.querySelector("[data-status]");
const words = $stage.dataset;
const SIDES = ["left", "top", "width", "height"];
const STEP = 2;
const SMALLEST = 0.5;
const at = { left: 45, top: 45, width: 10, height: 10 };
let drawn = null;
let byKeys = false;

const round = (number) => String(Math.round(number * 10) / 10);
const say = (text) => { $status.textContent = text; };
const inputs = ($row) => SIDES.map((side) => $row.querySelector(`[name="${side}"]`));
const numbers = ($row) => inputs($row).map(($input) => Number.parseFloat($input.value.replace(",", ".")));
const isEmpty = ($row) => inputs($row).every(($input) => !$input.value.trim());

function rectangle([x, y, width, height], name) {
  const $rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [key, value] of Object.entries({ x, y, width, height, class: name })) $rect.setAttribute(key, value);
  return $rect;
}

function draw() {
  const boxes = [...$rows.children].map(numbers).filter((box) => box.every(Number.isFinite));
  $svg.replaceChildren(...boxes.map((box) => rectangle(box, "covered")));
  if (drawn) $svg.append(rectangle(drawn, "covered"));
  if (byKeys) $svg.append(rectangle(SIDES.map((side) => at[side]), "cursor"));
  [...$rows.children].forEach(($row, i) => { $row.querySelector("[data-number]").textContent = i + 1; });
}

function add(box) {
  const $row = $pattern.content.firstElementChild.cloneNode(true);
  inputs($row).forEach(($input, i) => { $input.value = round(box[i]); });
  $row.querySelector("[data-drop]").hidden = false;
  $rows.append($row);
  draw();
  say(words.painted);
}

function undo() {
  const $last = $rows.lastElementChild;
  say($last ? words.undone : words.nothing);
  $last?.remove();
  draw();
}

function where() {
  const facts = { x: at.left, y: at.top, w: at.width, h: at.height };
  say(words.where.replace(/\{(\w)\}/g, (_whole, key) => Math.round(facts[key])));
}

const within = (number, low, high) => Math.min(high, Math.max(low, number));

function move(x, y, resizes) {
  if (resizes) Object.assign(at, { width: within(at.width + x, STEP, 100), height: within(at.height + y, STEP, 100) });
  else Object.assign(at, { left: at.left + x, top: at.top + y });
  at.left = within(at.left, 0, 100 - at.width);
  at.top = within(at.top, 0, 100 - at.height);
  draw();
  where();
}

const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
$stage.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  byKeys = true;
  if (ARROWS[event.key]) move(...ARROWS[event.key], event.shiftKey);
  else if (event.key === " ") add(SIDES.map((side) => at[side]));
  else if (event.key === "Backspace") undo();
  else return;
  event.preventDefault();
});
$stage.addEventListener("focus", () => { byKeys = $stage.matches(":focus-visible"); draw(); if (byKeys) where(); });
$stage.addEventListener("blur", () => { byKeys = false; draw(); });

function point(event) {
  const box = $svg.getBoundingClientRect();
  return [within(((event.clientX - box.left) / box.width) * 100, 0, 100), within(((event.clientY - box.top) / box.height) * 100, 0, 100)];
}

let from = null;
const between = ([x, y]) => [Math.min(from[0], x), Math.min(from[1], y), Math.abs(x - from[0]), Math.abs(y - from[1])];
$stage.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  event.preventDefault();
  byKeys = false;
  from = point(event);
  $stage.setPointerCapture(event.pointerId);
});
$stage.addEventListener("pointermove", (event) => { if (from) { drawn = between(point(event)); draw(); } });
$stage.addEventListener("pointerup", (event) => {
  if (!from) return;
  const box = between(point(event));
  from = drawn = null;
  if (box[2] >= SMALLEST && box[3] >= SMALLEST) add(box);
  else draw();
});
$stage.addEventListener("pointercancel", () => { from = drawn = null; draw(); });

$rows.addEventListener("input", draw);
$rows.addEventListener("click", (event) => {
  if (!event.target.closest("[data-drop]")) return;
  event.target.closest("[data-box]").remove();
  draw();
  $stage.focus();
});

for (const $row of [...$rows.children]) {
  if (isEmpty($row)) $row.remove(); // empty rows are for those who have no script
  else $row.querySelector("[data-drop]").hidden = false;
}
document.querySelector("[data-how]").hidden = false;
draw();
