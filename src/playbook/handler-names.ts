/** The names that can be notified in a play: of handlers, and the topics they listen to. */
export class HandlerNames {
  readonly #names = new Set<string>();
  readonly #templates: (readonly string[])[] = [];
  /** True where handlers may come that cannot be known before the run. */
  open = false;

  /** Adds a name as written; inside a role the handler also answers to `role : name`. */
  add(name: string, role?: string): void {
    if (name.includes('{{')) this.#templates.push(name.split(/\{\{[^{}]*\}\}/));
    else this.#names.add(name);
    if (role !== undefined) this.add(`${role} : ${name}`);
  }

  names(): Iterable<string> {
    return this.#names;
  }

  /** Says whether a name is there, or may turn out to be. */
  has(name: string): boolean {
    return this.open || this.#names.has(name) || this.#templates.some((parts) => mayRenderTo(parts, name));
  }
}

/** Says whether the texts between a template's expressions stand in the name in this order, the ends at its ends. */
function mayRenderTo(parts: readonly string[], name: string): boolean {
  const last = parts.at(-1)!;
  if (!name.startsWith(parts[0]!) || !name.endsWith(last) || name.length < parts[0]!.length + last.length) return false;
  let at = parts[0]!.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}
