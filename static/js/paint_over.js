// Paint over people and number plates with solid black, by finger or by keyboard, before anything leaves the phone.
import { asJpeg, shrink } from "./photo_shrink.js";

const COLOUR = "#000";
const STEP = 0.04;
const SIZES = [0.06, 0.1, 0.16, 0.26];

/** Open the tool on a photo; return the painted photo as a Blob, or null when it was left as it was. */
export async function paintOver(photo) {
  const $dialog = document.querySelector("[data-paint]");
  const $canvas = $dialog.querySelector("canvas");
  const $status = $dialog.querySelector("[data-paint-status]");
  const words = $dialog.dataset;
  const bitmap = await createImageBitmap(photo);
  const pen = $canvas.getContext("2d");
  Object.assign($canvas, { width: bitmap.width, height: bitmap.height });
  const side = Math.max(bitmap.width, bitmap.height);
  const at = { x: 0.5, y: 0.5 };
  let size = 1;
  let marks = [];
  let stroke = null;
  let byKeys = false;

  const block = ({ x, y, wide }) => pen.fillRect(x - wide / 2, y - wide / 2, wide, wide);
  const draw = ({ cursor = byKeys } = {}) => {
    pen.drawImage(bitmap, 0, 0);
    pen.fillStyle = COLOUR;
    for (const { points, wide } of marks) {
      points.forEach(([x, y], i) => {
        block({ x, y, wide });
        if (i) between(points[i - 1], [x, y], wide);
      });
    }
    if (!cursor) return;
    const wide = SIZES[size] * side;
    pen.lineWidth = side / 150;
    for (const [colour, dash] of [["#fff", []], ["#b45309", [side / 50]]]) {
      pen.strokeStyle = colour;
      pen.setLineDash(dash);
      pen.strokeRect(at.x * bitmap.width - wide / 2, at.y * bitmap.height - wide / 2, wide, wide);
    }
  };
  const between = ([x0, y0], [x1, y1], wide) => {
    const steps = Math.ceil(Math.hypot(x1 - x0, y1 - y0) / (wide / 4));
    for (let i = 1; i < steps; i += 1) block({ x: x0 + ((x1 - x0) * i) / steps, y: y0 + ((y1 - y0) * i) / steps, wide });
  };
  const say = (text) => { $status.textContent = text; };
  const where = () => words.where.replace("{x}", Math.round(at.x * 100)).replace("{y}", Math.round(at.y * 100));
  const point = (event) => {
    const box = $canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * bitmap.width, ((event.clientY - box.top) / box.height) * bitmap.height];
  };
  const undo = () => { say(marks.pop() ? words.undone : words.nothing); draw(); };
  const paintHere = () => {
    marks.push({ points: [[at.x * bitmap.width, at.y * bitmap.height]], wide: SIZES[size] * side });
    draw();
    say(`${words.painted} ${where()}`);
  };
  const move = (dx, dy) => {
    at.x = Math.min(1, Math.max(0, at.x + dx));
    at.y = Math.min(1, Math.max(0, at.y + dy));
    draw();
    say(where());
  };
  const resize = (step) => {
    size = Math.min(SIZES.length - 1, Math.max(0, size + step));
    draw();
    say(words.size.replace("{n}", size + 1));
  };
  const keys = {
    ArrowLeft: () => move(-STEP, 0), ArrowRight: () => move(STEP, 0), ArrowUp: () => move(0, -STEP), ArrowDown: () => move(0, STEP),
    " ": paintHere, "+": () => resize(1), "-": () => resize(-1), Backspace: undo, z: undo,
  };

  const handlers = new AbortController();
  const on = ($what, name, act) => $what.addEventListener(name, act, { signal: handlers.signal });
  on($canvas, "pointerdown", (event) => {
    byKeys = false;
    try { $canvas.setPointerCapture(event.pointerId); } catch { /* a pen that is gone already */ }
    stroke = { points: [point(event)], wide: SIZES[size] * side };
    marks.push(stroke);
    draw();
  });
  on($canvas, "pointermove", (event) => { if (stroke) { stroke.points.push(point(event)); draw(); } });
  for (const name of ["pointerup", "pointercancel"]) on($canvas, name, () => { if (stroke) say(words.painted); stroke = null; });
  on($canvas, "keydown", (event) => {
    if (!keys[event.key]) return;
    event.preventDefault();
    byKeys = true;
    keys[event.key]();
  });
  on($canvas, "focus", () => { byKeys = $canvas.matches(":focus-visible"); draw(); });
  on($dialog.querySelector("[data-paint-undo]"), "click", undo);
  on($dialog.querySelector("[data-paint-larger]"), "click", () => resize(1));
  on($dialog.querySelector("[data-paint-smaller]"), "click", () => resize(-1));

  say(words.help);
  draw();
  $dialog.returnValue = "";
  $dialog.showModal();
  $canvas.focus();
  await new Promise((resolve) => { $dialog.addEventListener("close", resolve, { once: true }); });
  handlers.abort();
  draw({ cursor: false });
  const isPainted = $dialog.returnValue === "done" && marks.length > 0;
  const painted = isPainted ? await shrink($canvas).catch(() => asJpeg($canvas)) : null;
  Object.assign($canvas, { width: 1, height: 1 }); // the unpainted pixels are let go
  bitmap.close();
  return painted;
}
