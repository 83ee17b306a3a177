// “Lägg till foto” on a receipt: made small and painted over here, as in the report. What was chosen, or failed before, lies in
// the phone until the server has it.
import { all, write } from "./phone_store.js";
import { setUpPhotos } from "./photo_input.js";

const $form = document.querySelector("[data-add-photo]");

/** What the server's own page says is wrong with the photos, if that is what it answered with. */
async function problemIn(answer) {
  const page = new DOMParser().parseFromString(await answer.text().catch(() => ""), "text/html");
  return page.querySelector("#photos-error")?.textContent.trim();
}

async function setUp() {
  const { receipt, sending, offline, failed } = $form.dataset;
  const $status = $form.querySelector("[data-photo-status]");
  const $send = $form.querySelector("[data-send]");
  const row = (await all("receipts").catch(() => [])).find(({ path }) => path === receipt);
  const left = row?.photos ?? [];
  let photos = null;
  const keep = (change) => row && write(["receipts", "put", Object.assign(row, change)]).catch(() => {});
  photos = setUpPhotos($form, () => photos && keep({ photos: photos.all() }), left);
  if (left.length) $form.closest("details").open = true;

  async function send() {
    const answer = await fetch($form.action, { method: "POST", body: new FormData($form), redirect: "manual" }).catch(() => null);
    if (answer?.type !== "opaqueredirect") return answer ? (await problemIn(answer)) || failed : offline;
    await keep({ photos: [], photo_problems: [] });
    location.assign(receipt);
    return sending;
  }

  $form.addEventListener("submit", async (event) => {
    if (photos.all().length === 0) return; // the server says what is missing
    event.preventDefault();
    $send.disabled = true; // once, however often it is pressed
    $status.textContent = sending;
    $status.textContent = await send();
    $send.disabled = $status.textContent === sending;
  });
}

if ($form) setUp();
