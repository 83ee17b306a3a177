// “Få besked i telefonen”: only when asked for, and only where the phone can. The page works without it.
const $fold = document.querySelector("[data-follow-by-phone]");

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const letters = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function setUp() {
  const registration = await navigator.serviceWorker.getRegistration();
  if (!registration) return; // the phone keeps nothing of ours, so it cannot be told either
  const words = $fold.dataset;
  const [$start, $stop, $status] = ["start", "stop", "status"].map((name) => $fold.querySelector(`[data-${name}]`));
  const show = (subscription) => { $start.hidden = Boolean(subscription); $stop.hidden = !subscription; };
  const tell = (fields) => {
    const body = new FormData($fold.querySelector("form"));
    Object.entries(fields).forEach(([name, value]) => body.set(name, value));
    return fetch(words.address, { method: "POST", body }).then(({ ok }) => { if (!ok) throw new Error("refused"); });
  };
  const start = async () => {
    if (await Notification.requestPermission() !== "granted") { $status.textContent = words.denied; return; }
    const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(words.key) });
    await tell({ endpoint: subscription.endpoint, p256dh: letters(subscription.getKey("p256dh")), auth: letters(subscription.getKey("auth")) });
    $status.textContent = words.on;
    show(subscription);
  };
  const stop = async () => {
    const subscription = await registration.pushManager.getSubscription();
    await tell({ stop: "1", endpoint: subscription?.endpoint ?? "" }); // other reports of this phone may still be followed
    $status.textContent = words.off;
    show(null);
  };
  const trying = (act) => () => act().catch(() => { $status.textContent = words.failed; });
  $start.addEventListener("click", trying(start));
  $stop.addEventListener("click", trying(stop));
  show(await registration.pushManager.getSubscription());
  $fold.hidden = false;
}

if ($fold && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window) setUp().catch(() => {});
