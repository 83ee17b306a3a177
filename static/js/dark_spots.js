// What the page around the analysis map does: move through time, and draw a shape. Both work without it, by forms.
const frame = document.querySelector("iframe.map-frame");
const tell = (message) => frame?.contentWindow?.postMessage(message, location.origin);

const time = document.querySelector("[data-time]");
if (time) {
  const said = time.querySelector("output");
  const count = time.querySelector("[data-count]");
  const show = () => {
    const values = new FormData(time);
    const back = Number(time.elements.month.max) - Number(values.get("month"));
    const last = new Date(Date.UTC(Number(time.dataset.year), Number(time.dataset.thisMonth) - 1 - back, 1));
    const first = new Date(last);
    first.setUTCMonth(first.getUTCMonth() - Number(values.get("span")) + 1);
    const name = (day) => day.toLocaleDateString(document.documentElement.lang, { month: "long", year: "numeric", timeZone: "UTC" });
    said.textContent = (first < last ? `${name(first)} – ` : "") + name(last);
    time.elements.month.setAttribute("aria-valuetext", said.textContent);
    tell({ heat: new URLSearchParams({ month: back, span: values.get("span"), from: values.get("from"), to: values.get("to") }).toString() });
  };
  let waiting = 0;
  time.hidden = false;
  time.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 150);
  });
  time.addEventListener("submit", (event) => event.preventDefault());
  frame?.addEventListener("load", show);
  addEventListener("message", (event) => {
    if (event.origin === location.origin && Number.isInteger(event.data?.reports)) count.textContent = event.data.reports;
  });
}

const pen = document.querySelector("form[data-draws]");
if (pen) {
  const corners = pen.elements.corners;
  const read = () => corners.value.split("\n").map((line) => line.match(/-?\d+(?:\.\d+)?/g)?.map(Number)).filter((at) => at?.length === 2);
  const draw = () => tell({ outline: read(), area: new FormData(pen).get("shape_kind") === "area", drawing: pen.closest("details").open });
  const write = (lines) => {
    corners.value = lines.map(([lat, lon]) => `${lat.toFixed(6)}, ${lon.toFixed(6)}`).join("\n");
    draw();
  };
  const buttons = [pen.querySelector("[data-empty]"), pen.querySelector("[data-undo]")];
  for (const button of buttons) button.hidden = false;
  buttons[0].addEventListener("click", () => write([]));
  buttons[1].addEventListener("click", () => write(read().slice(0, -1)));
  pen.addEventListener("input", draw);
  pen.closest("details").addEventListener("toggle", draw);
  addEventListener("message", (event) => {
    if (event.origin !== location.origin || !Array.isArray(event.data?.corner)) return;
    if (pen.closest("details").open) write([...read(), event.data.corner]);
  });
}
