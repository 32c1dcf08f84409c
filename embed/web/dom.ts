// The small words the other files share.

/** The first element that matches and is of the kind asked for. */
export function find<E extends Element>(kind: new () => E, selector: string, within: ParentNode = document): E | null {
  const found = within.querySelector(selector);
  return found instanceof kind ? found : null;
}

/** Whether a key belongs to what the person types in. */
export function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox],[type=radio]), textarea, select"));
}

/** Fetches this page's part anew; htmx keeps focus and typed text. */
export function refresh(id: string): void {
  const target = document.getElementById(id);
  if (!target) return;
  // htmx.ajax does not say its target by itself, and without it the server sends the whole page.
  const headers = { "HX-Target": `${target.tagName.toLowerCase()}#${id}` };
  void window.htmx.ajax("GET", location.pathname + location.search, { target, headers, swap: "outerMorph" });
}

declare global {
  interface Window {
    htmx: { ajax(method: string, url: string, how: { target: Element; headers: Record<string, string>; swap: string }): Promise<void>; process(e: Element): void };
  }
}
