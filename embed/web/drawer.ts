import { find } from "./dom";

let opener: HTMLElement | null = null;

/** Closes the evidence and gives the focus back to the link that opened it. */
export function closeDrawer(): boolean {
  const drawer = document.getElementById("drawer");
  const close = find(HTMLAnchorElement, "[data-drawer-close]");
  if (!drawer || !close) return false;
  history.replaceState(history.state, "", close.href);
  drawer.replaceChildren();
  opener?.focus();
  opener = null;
  return true;
}

export function startDrawer(): void {
  document.addEventListener("click", (e) => {
    if (!(e.target instanceof Element)) return;
    const link = e.target.closest<HTMLElement>("a.ev");
    if (link && !link.closest("#drawer")) opener = link;
    if (e.target.closest("[data-drawer-close]") && closeDrawer()) e.preventDefault();
  });
}
