// “Lägg till foto” on a receipt: made small and painted over here, as in the report. What failed before lies ready to go again.
import { all, write } from "./phone_store.js";
import { setUpPhotos } from "./photo_input.js";

const $form = document.querySelector("[data-add-photo]");

async function setUp() {
  const { receipt, sending, offline } = $form.dataset;
  const $status = $form.querySelector("[data-photo-status]");
  const row = (await all("receipts").catch(() => [])).find(({ path }) => path === receipt);
  const left = row?.photos ?? [];
  const photos = setUpPhotos($form, () => {}, left);
  if (left.length) $form.closest("details").open = true;
  $form.addEventListener("submit", async (event) => {
    if (photos.all().length === 0) return; // the server says what is missing
    event.preventDefault();
    $status.textContent = sending;
    const answer = await fetch($form.action, { method: "POST", body: new FormData($form), redirect: "manual" }).catch(() => null);
    if (!answer) { $status.textContent = offline; return; }
    if (answer.type !== "opaqueredirect") { $form.submit(); return; } // the server's own page says what is wrong
    if (row) await write(["receipts", "put", { ...row, photos: [], photo_problems: [] }]).catch(() => {});
    location.assign(receipt);
  });
}

if ($form) setUp();
