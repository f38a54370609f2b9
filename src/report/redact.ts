import { secretForms, shortestSecret } from './secret-forms.js';

/** What stands where a secret was. */
export const redacted = '[redacted]';

/** How much of a form the search looks for; the rest is compared then. Keeps the pattern small for long keys. */
const anchorLength = 24;

/** A part of a text, from the first to behind the last character. */
type Span = [start: number, end: number];

/**
 * Takes secrets out of texts, by value, in every form that `secretForms` knows. Secrets of fewer than
 * 4 characters are not taken out: they would be found everywhere; `add` answers false for them.
 */
export class Redactor {
  readonly #forms = new Set<string>();
  /** All forms by their first character, longest first. */
  readonly #byFirst = new Map<string, string[]>();
  #longest = 0;
  #pattern: RegExp | undefined;

  /** From now on `secret` is taken out; false: too short for that. */
  add(secret: string): boolean {
    if (secret.trim().length < shortestSecret) return false;
    if (this.#forms.has(secret)) return true;
    for (const form of secretForms(secret)) {
      if (this.#forms.has(form)) continue;
      this.#forms.add(form);
      this.#longest = Math.max(this.#longest, form.length);
      const same = this.#byFirst.get(form[0]!) ?? [];
      same.push(form);
      this.#byFirst.set(
        form[0]!,
        same.sort((a, b) => b.length - a.length),
      );
    }
    this.#pattern = undefined;
    return true;
  }

  /** True while there is nothing to take out. */
  get idle(): boolean {
    return this.#forms.size === 0;
  }

  /** The text without secrets; the very same string where there is none. */
  redact(text: string): string {
    if (this.#forms.size === 0 || text.length < shortestSecret) return text;
    const spans = this.#find(text);
    return spans.length === 0 ? text : replaceSpans(text, spans);
  }

  /**
   * For a text that goes on: what can be shown now, and the tail that must wait because it may be the
   * beginning of a secret.
   */
  split(text: string): { readonly shown: string; readonly held: string } {
    if (this.#forms.size === 0) return { shown: text, held: '' };
    const spans = this.#find(text);
    let end = this.#beginning(text);
    const last = spans.at(-1);
    if (last && last[1] > end) {
      // A secret that repeats itself without end must not be held without end: all of it is taken out.
      if (text.length - last[0] > 4 * this.#longest) {
        last[1] = text.length;
        return { shown: replaceSpans(text, spans), held: '' };
      }
      end = Math.min(end, last[0]);
    }
    const before = spans.filter(([, stop]) => stop <= end);
    return { shown: replaceSpans(text.slice(0, end), before), held: text.slice(end) };
  }

  /** Where the longest tail begins that is a proper beginning of a form; the length where there is none. */
  #beginning(text: string): number {
    for (let at = Math.max(0, text.length - this.#longest + 1); at < text.length; at++) {
      const forms = this.#byFirst.get(text[at]!);
      if (!forms) continue;
      const tail = text.slice(at);
      if (forms.some((form) => form.length > tail.length && form.startsWith(tail))) return at;
    }
    return text.length;
  }

  /** The parts that are secret, in order; overlapping ones joined, so that no end of one sticks out. */
  #find(text: string): Span[] {
    this.#pattern ??= this.#compile();
    const pattern = this.#pattern;
    const spans: Span[] = [];
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
      const start = match.index;
      pattern.lastIndex = start + 1;
      const form = this.#byFirst.get(text[start]!)?.find((candidate) => text.startsWith(candidate, start));
      if (form === undefined) continue;
      const last = spans.at(-1);
      if (last && start < last[1]) last[1] = Math.max(last[1], start + form.length);
      else spans.push([start, start + form.length]);
    }
    return spans;
  }

  /** A look-ahead, so that matches that overlap are found, too. */
  #compile(): RegExp {
    const anchors = new Set([...this.#forms].map((form) => form.slice(0, anchorLength)));
    return new RegExp(`(?=${[...anchors].map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`, 'g');
  }
}

function replaceSpans(text: string, spans: readonly Span[]): string {
  let out = '';
  let at = 0;
  for (const [start, end] of spans) {
    out += text.slice(at, start) + redacted;
    at = end;
  }
  return out + text.slice(at);
}
