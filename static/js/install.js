// After the receipt, and only there: the page can be put on the home screen, where the phone keeps what is saved longer.
const $card = document.querySelector("[data-install]");
const isInstalled = matchMedia("(display-mode: standalone)").matches || navigator.standalone;
let ask = null;

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  ask = event;
  if ($card) $card.hidden = false;
});

if ($card && !isInstalled) {
  const byHand = "standalone" in navigator; // Apple's phones: from the share menu
  $card.hidden = !byHand;
  $card.querySelector("[data-by-hand]").hidden = !byHand;
  const $button = $card.querySelector("[data-install-now]");
  $button.hidden = byHand;
  $button.addEventListener("click", async () => {
    await ask?.prompt();
    $card.hidden = true;
  });
}
