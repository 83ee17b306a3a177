// One question a screen. Without it, all questions stand under each other and are sent the same way.
const TAP_MS = 1500;

/** `leave` says of a question whether one may go on from it now. */
export function setUpSteps($form, changed, leave) {
  const words = $form.dataset;
  const $steps = [...$form.querySelectorAll("[data-step-of-form]")];
  const $bar = document.querySelector("[data-step-bar]");
  $bar.hidden = false;
  $form.classList.add("stepped");
  const $word = $bar.querySelector("span");
  const $progress = $bar.querySelector("progress");
  $progress.max = $steps.length;
  $progress.removeAttribute("aria-hidden");
  const current = () => $steps.findIndex(($step) => !$step.hidden);

  const show = (at, focus = true) => {
    $steps.forEach(($step, i) => { $step.hidden = i !== at; });
    $progress.value = at + 1;
    $word.textContent = words.step.replace("{n}", at + 1).replace("{of}", $steps.length);
    $progress.setAttribute("aria-label", $word.textContent);
    changed(at);
    if (!focus) return;
    const $legend = $steps[at].querySelector("legend");
    $legend.tabIndex = -1;
    $legend.focus();
    window.scrollTo({ top: $bar.offsetTop - 8 });
  };
  const go = (at) => {
    if (at < 0 || at >= $steps.length) return;
    if (at !== current()) history.pushState({ step: at }, "");
    show(at);
  };
  $steps.forEach(($step, at) => {
    const $buttons = document.createElement("div");
    $buttons.className = "buttons";
    if (at < $steps.length - 1) $buttons.append(button(words.next, "button full", () => leave($step) && go(at + 1), "next"));
    if (at > 0) $buttons.append(button(words.back, "button quiet full", () => go(at - 1), "back"));
    $step.append($buttons);
    if ($step.hasAttribute("data-one-tap")) onTap($step, () => go(at + 1));
  });
  addEventListener("popstate", (event) => show(event.state?.step ?? 0));
  history.replaceState({ step: 0 }, "");
  show(0, false);
  return { show: (at) => { history.replaceState({ step: at }, ""); show(at, false); }, goTo: (field) => go(stepOf($steps, field)), current };
}

/** A tap on a choice goes on; the arrow keys only choose, so that nobody is moved while looking through the choices. */
function onTap($step, next) {
  let tapped = -TAP_MS;
  $step.addEventListener("pointerdown", (event) => { tapped = event.timeStamp; });
  $step.addEventListener("keydown", () => { tapped = -TAP_MS; });
  $step.addEventListener("change", (event) => {
    if (event.target.type === "radio" && event.timeStamp - tapped < TAP_MS) next();
  });
}

function stepOf($steps, field) {
  return $steps.findIndex(($step) => $step.querySelector(`[name="${field}"], #${field}`));
}

function button(text, className, onClick, name) {
  const $button = document.createElement("button");
  $button.type = "button";
  $button.className = className;
  $button.textContent = text;
  $button.dataset.go = name;
  $button.addEventListener("click", onClick);
  return $button;
}
