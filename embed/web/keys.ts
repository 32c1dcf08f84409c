import { singleKeys } from "./dialogs";
import { find, typing } from "./dom";
import { closeDrawer } from "./drawer";
import { openPalette } from "./palette";

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("tr[data-href]")];
const current = (): HTMLElement | null => find(HTMLElement, "tr[data-current]");

/** Moves to the next or previous row. The focus goes to the row's own link, so Enter needs no code and a screen reader follows. */
function step(by: number): void {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((r) => r.hasAttribute("data-current"));
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  if (!next) return;
  mark(next);
  find(HTMLElement, "a[href]", next)?.focus();
  next.scrollIntoView({ block: "nearest" });
}

function mark(row: HTMLElement): void {
  for (const r of rows()) r.toggleAttribute("data-current", r === row);
}

/** Moves the focus through the calendar of backups: from a day to the next one that has a result, or to the same day of the next job. */
function calendar(key: string): boolean {
  const cell = document.activeElement?.closest<HTMLTableCellElement>("table.cal td");
  const row = cell?.closest("tr");
  if (!cell || !row) return false;
  const across = key === "ArrowLeft" ? -1 : key === "ArrowRight" ? 1 : 0;
  const down = key === "ArrowUp" ? -1 : key === "ArrowDown" ? 1 : 0;
  if (!across && !down) return false;
  let at = cell.cellIndex;
  let line: Element | null = row;
  for (;;) {
    at += across;
    if (down > 0) line = line?.nextElementSibling ?? null;
    if (down < 0) line = line?.previousElementSibling ?? null;
    const next = (line as HTMLTableRowElement | null)?.cells[at];
    if (!next) return true;
    const link = find(HTMLAnchorElement, "a", next);
    if (!link || next.tagName !== "TD") continue;
    link.focus();
    return true;
  }
}

/** Presses what the current row offers for a key, or else the page. */
function press(key: string): void {
  const row = current();
  const there = row ? find(HTMLElement, `[data-key="${key}"]`, row) : find(HTMLElement, `main [data-key="${key}"]`);
  there?.click();
}

/** Where g and a second letter lead. Pages that a role does not see are not in its navigation. */
const places: Record<string, string> = { s: "/", p: "/problems", d: "/devices", b: "/backups", r: "/round", t: "/tickets", m: "/maintenance", l: "/logbook" };

/** How long the second letter may take, in milliseconds. */
const patience = 2000;
let going = 0;

function go(key: string): boolean {
  const waits = Date.now() - going < patience;
  going = 0;
  const path = places[key];
  const link = waits && path ? find(HTMLAnchorElement, `nav a[href="${path}"]`) : null;
  link?.click();
  return link !== null;
}

/** Puts the focus into a field of the answer to a ticket. */
function answer(id: string): void {
  find(HTMLElement, `[data-answer] #${id}`)?.focus();
}

/** The point of a daily round that has the focus, or the first one that is not judged. */
function point(): HTMLElement | undefined {
  const open = [...document.querySelectorAll<HTMLElement>("[data-point]")];
  const here = document.activeElement?.closest<HTMLElement>("[data-point]");
  return here ?? open.find((p) => !p.querySelector("input:checked"));
}

/** Judges the current point of a round or of a spot check: the first, the second, the third choice. */
function judge(choice: number): void {
  const radio = point()?.querySelectorAll<HTMLInputElement>("input[type=radio]")[choice];
  radio?.focus();
  radio?.click();
}

/** Goes to the next point of a round that is not judged. */
function nextPoint(): void {
  const here = document.activeElement?.closest<HTMLElement>("[data-point]");
  const all = [...document.querySelectorAll<HTMLElement>("[data-point]")];
  const from = here ? all.indexOf(here) + 1 : 0;
  const next = [...all.slice(from), ...all.slice(0, from)].find((p) => !p.querySelector("input:checked"));
  (next ? find(HTMLInputElement, "input[type=radio]", next) : find(HTMLElement, "main button[value=sign]"))?.focus();
  next?.scrollIntoView({ block: "center" });
}

const actions: Record<string, () => void> = {
  j: () => step(1),
  k: () => step(-1),
  a: () => press("a"),
  x: () => press("x"),
  c: () => find(HTMLElement, "main [data-key=c]")?.click(),
  t: () => press("t"),
  m: () => press("m"),
  e: () => answer("text"),
  b: () => answer("minutes"),
  g: () => {
    going = Date.now();
  },
  "1": () => judge(0),
  "2": () => judge(1),
  "3": () => judge(2),
  n: nextPoint,
  "/": () => find(HTMLInputElement, "[data-key='/']")?.focus(),
  "?": () => find(HTMLDialogElement, "#help")?.showModal(),
};

export function startKeys(): void {
  document.addEventListener("keydown", (e) => {
    if ((e.ctrlKey || e.metaKey) && !e.altKey && e.key.toLowerCase() === "k") {
      if (openPalette()) e.preventDefault();
      return;
    }
    if (e.key === "Escape") {
      if (!document.querySelector("dialog[open]")) closeDrawer();
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented || typing(e.target) || document.querySelector("dialog[open]") || !singleKeys()) return;
    if (calendar(e.key)) {
      e.preventDefault();
      return;
    }
    if (go(e.key)) {
      e.preventDefault();
      return;
    }
    const act = actions[e.key];
    if (!act) return;
    e.preventDefault();
    act();
  });
  document.addEventListener("focusin", (e) => {
    const row = e.target instanceof Element ? e.target.closest<HTMLElement>("tr[data-href]") : null;
    if (row) mark(row);
  });
}
