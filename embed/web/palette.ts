// The command palette: a combobox over /search. Without script the same field is a plain search form.
import { find } from "./dom";

interface Hit { title: string; href: string; kind?: string }

const recentKey = "recent-pages";

function recent(): Hit[] {
  try {
    const list: unknown = JSON.parse(sessionStorage.getItem(recentKey) ?? "[]");
    return Array.isArray(list) ? list.filter(isHit) : [];
  } catch { return []; }
}

function isHit(v: unknown): v is Hit {
  return typeof v === "object" && v !== null && "title" in v && "href" in v && typeof v.title === "string" && typeof v.href === "string" && v.href.startsWith("/") && !v.href.startsWith("//");
}

function remember(): void {
  const here: Hit = { title: document.querySelector("h1")?.textContent?.trim() || document.title, href: location.pathname };
  sessionStorage.setItem(recentKey, JSON.stringify([here, ...recent().filter((h) => h.href !== here.href)].slice(0, 8)));
}

class Palette {
  private hits: Hit[] = [];
  private at = -1;
  private asked = 0;

  constructor(private box: HTMLDialogElement, private input: HTMLInputElement, private list: HTMLElement, private status: HTMLElement) {
    input.addEventListener("input", () => void this.ask());
    input.addEventListener("keydown", (e) => this.key(e));
    box.addEventListener("click", (e) => { if (e.target === box) box.close(); });
  }

  open(text: string): void {
    if (!this.box.open) this.box.showModal();
    this.input.value = text;
    this.input.focus();
    void this.ask();
  }

  private async ask(): Promise<void> {
    const q = this.input.value.trim();
    const turn = ++this.asked;
    if (!q) { this.show(recent().filter((h) => h.href !== location.pathname), false); return; }
    try {
      const answer = await fetch(`/search?q=${encodeURIComponent(q)}`, { headers: { Accept: "application/json" } });
      const hits: unknown = answer.ok ? await answer.json() : [];
      if (turn === this.asked) this.show(Array.isArray(hits) ? hits.filter(isHit).slice(0, 12) : [], true);
    } catch { if (turn === this.asked) this.show([], true); }
  }

  private show(hits: Hit[], searched: boolean): void {
    this.hits = hits;
    this.list.replaceChildren(...hits.map((h, i) => option(h, i)));
    this.input.setAttribute("aria-expanded", String(hits.length > 0));
    this.status.textContent = searched && !hits.length ? this.status.dataset["none"] ?? "" : "";
    this.select(hits.length ? 0 : -1);
  }

  private select(at: number): void {
    this.at = at;
    [...this.list.children].forEach((c, i) => c.setAttribute("aria-selected", String(i === at)));
    if (at >= 0) this.input.setAttribute("aria-activedescendant", `palette-${at}`);
    else this.input.removeAttribute("aria-activedescendant");
    this.list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  private key(e: KeyboardEvent): void {
    const n = this.hits.length;
    if (e.key === "ArrowDown" && n) this.select((this.at + 1) % n);
    else if (e.key === "ArrowUp" && n) this.select((this.at - 1 + n) % n);
    else if (e.key === "Enter" && this.hits[this.at]) location.href = this.hits[this.at]!.href;
    else if (e.key === "Escape") this.box.close(); // a search field would only empty itself first
    else return;
    e.preventDefault();
  }
}

function option(h: Hit, i: number): HTMLElement {
  const li = document.createElement("li");
  li.id = `palette-${i}`;
  li.setAttribute("role", "option");
  li.textContent = h.title;
  if (h.kind) {
    const kind = document.createElement("span");
    kind.className = "muted";
    kind.textContent = ` · ${h.kind}`;
    li.append(kind);
  }
  li.addEventListener("click", () => { location.href = h.href; });
  return li;
}

let palette: Palette | null = null;

export function openPalette(): boolean {
  palette?.open("");
  return palette !== null;
}

export function startPalette(): void {
  const box = find(HTMLDialogElement, "#palette");
  if (!box) return;
  const input = find(HTMLInputElement, "input", box), list = find(HTMLElement, "ul", box), status = find(HTMLElement, "[role=status]", box);
  if (!input || !list || !status) return;
  palette = new Palette(box, input, list, status);
  remember();
  for (const field of document.querySelectorAll<HTMLInputElement>("[data-palette-open]")) {
    field.addEventListener("input", () => { palette?.open(field.value); field.value = ""; });
  }
}
