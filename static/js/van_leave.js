// Signing out empties the phone of the day's tickets. Visits that have not been sent stay, and somebody is told so.
import { all, forget } from "./van_store.js";

for (const $leave of document.querySelectorAll("form[data-leave]")) {
  $leave.addEventListener("submit", async (event) => {
    event.preventDefault();
    const waiting = await all("outbox").catch(() => []);
    if (waiting.length && !confirm($leave.dataset.leave.replace("%(n)s", waiting.length))) return;
    await forget().catch(() => {});
    const names = (await globalThis.caches?.keys()) ?? [];
    await Promise.all(names.filter((name) => name.startsWith("van-")).map((name) => caches.delete(name)));
    $leave.submit();
  });
}
