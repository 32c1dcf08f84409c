import { find } from "./dom";

/** Errors and opened evidence get the focus, on load and after a part was swapped. */
function focusWhatMatters(within: ParentNode): void {
  find(HTMLElement, "[data-focus]", within)?.focus();
}

/** A toast leaves after ten seconds, unless somebody is reading it. */
function watchToast(toast: HTMLElement): void {
  let timer = 0;
  const start = (): void => { timer = window.setTimeout(() => toast.remove(), 10_000); };
  const stop = (): void => window.clearTimeout(timer);
  for (const on of ["mouseenter", "focusin"]) toast.addEventListener(on, stop);
  for (const on of ["mouseleave", "focusout"]) toast.addEventListener(on, start);
  find(HTMLElement, "[data-close]", toast)?.addEventListener("click", (e) => { e.preventDefault(); toast.remove(); });
  start();
}

export function startDialogs(): void {
  focusWhatMatters(document);
  document.addEventListener("htmx:after:swap", () => {
    const drawer = document.getElementById("drawer");
    if (drawer && !drawer.contains(document.activeElement)) focusWhatMatters(drawer);
    for (const t of document.querySelectorAll<HTMLElement>("[data-toast]:not([data-watched])")) {
      t.dataset["watched"] = "";
      watchToast(t);
    }
  });
  const help = find(HTMLDialogElement, "#help");
  const single = find(HTMLInputElement, "#single-keys");
  if (!help || !single) return;
  single.checked = singleKeys();
  single.addEventListener("change", () => localStorage.setItem("single-keys", single.checked ? "on" : "off"));
  document.addEventListener("click", (e) => {
    if (e.target instanceof Element && e.target.closest("[data-help]")) help.showModal();
  });
}

/** Single letters may be switched off: speech input and tremor press them unasked (WCAG 2.1.4). */
export function singleKeys(): boolean {
  return localStorage.getItem("single-keys") !== "off";
}
