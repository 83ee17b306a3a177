// A receipt that this phone has just been given (“Jag med”) is kept here like those of its reports, so that it can be found.
import { all, write } from "./phone_store.js";

const { reference } = document.querySelector("[data-receipt]").dataset;

async function keep() {
  const path = location.pathname;
  const known = (await all("receipts")).some((receipt) => receipt.path === path);
  if (!known) await write(["receipts", "put", { client_id: `receipt ${reference}`, reference, path, at: Date.now(), photo_problems: [], photos: [] }]);
  history.replaceState(history.state, "", path); // a link that is passed on keeps nothing on somebody else's phone
}

if (location.hash === "#given") keep().catch(() => {});
