// Words that may describe something that happens now: a panel with 112, and “Skicka ändå”. Asked here, of nobody else.
const $dialog = document.querySelector("[data-urgent]");

export function soundsUrgent($form) {
  const pattern = $dialog && new RegExp(`(?<![\\p{L}\\p{N}_])(?:${$dialog.dataset.urgent})(?![\\p{L}\\p{N}_])`, "iu");
  return Boolean(pattern?.test(`${$form.elements.text.value} ${$form.elements.address?.value ?? ""}`));
}

/** Show the panel; true when the person says that it shall be sent anyway. */
export function askFirst() {
  return new Promise((resolve) => {
    $dialog.returnValue = "";
    $dialog.addEventListener("close", () => resolve($dialog.returnValue === "send"), { once: true });
    $dialog.showModal();
  });
}
