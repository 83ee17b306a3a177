// What waits goes out from whichever page is open, not only from the round; the round does it itself and shows it.
import { all, fact } from "./van_store.js";

const LOOK_MS = 4000;
const signedIn = Number(document.querySelector("form[data-leave]")?.dataset.staff);

async function send() {
  if (navigator.onLine === false || document.visibilityState !== "visible") return;
  if ((await fact("day"))?.staff.id !== signedIn) return; // the day is another's: what waits is theirs to send
  if (!(await all("outbox")).some((item) => item.state === "waiting" && item.not_before <= Date.now())) return;
  const { sendAll } = await import("./van_sync.js");
  await sendAll();
}

const look = () => send().catch(() => {});
if (!document.querySelector("[data-sync]")) {
  look();
  addEventListener("online", look);
  setInterval(look, LOOK_MS);
}
