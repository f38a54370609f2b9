/** One word for a POSIX shell, whatever bytes `text` holds (NUL excepted: no shell can carry it). */
export function quote(text: string): string {
  if (text !== '' && /^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command line for a POSIX shell that runs exactly these arguments. */
export function quoteAll(words: readonly string[]): string {
  return words.map(quote).join(' ');
}
