import { quote } from '../base/quote.js';

/** Shorter secrets, and shorter encodings of secrets, are not looked for: they would match everywhere. */
export const shortestSecret = 4;

/** Lines of a secret of many lines (a private key) are looked for on their own from this length on. */
const shortestLine = 16;

/**
 * What base64 of any text around the secret must contain: for each of the three alignments, the
 * characters that depend on the secret alone. In the standard and the URL alphabet.
 */
function base64Forms(secret: Buffer): string[] {
  const forms: string[] = [];
  for (let offset = 0; offset < 3; offset++) {
    const text = Buffer.concat([Buffer.alloc(offset), secret]).toString('base64');
    const core = text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + secret.length) * 8) / 6));
    forms.push(core, core.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return forms;
}

/** JSON's escapes, as JavaScript, Python (ASCII only) and PHP (slashes) write them. */
function jsonForms(secret: string): string[] {
  const plain = JSON.stringify(secret).slice(1, -1);
  const ascii = plain.replace(/[\x7f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [plain, ascii, plain.replaceAll('/', '\\/'), JSON.stringify(plain).slice(1, -1)];
}

/** Percent encoding: as little as encodeURIComponent, as much as RFC 3986 asks, a form's plus for a space. */
function urlForms(secret: string): string[] {
  const text = Buffer.from(secret).toString(); // lone surrogates, which have no UTF-8, replaced
  const loose = encodeURIComponent(text);
  const strict = loose.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const lower = (encoded: string) => encoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  return [loose, strict, encodeURI(text), strict.replaceAll('%20', '+'), lower(loose), lower(strict)];
}

/** As a shell word: in single quotes, in double quotes, and with backslashes (printf %q). */
function shellForms(secret: string): string[] {
  const single = quote(secret);
  return [
    single.startsWith("'") ? single.slice(1, -1) : single,
    secret.replaceAll("'", `'"'"'`),
    secret.replace(/["$`\\]/g, '\\$&'),
    secret.replace(/[^A-Za-z0-9_@%+=:,./-]/g, '\\$&'),
    secret.replaceAll("'", "''"),
  ];
}

/** As XML and HTML text or attribute. */
function markupForm(secret: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return secret.replace(/[&<>"']/g, (char) => names[char]!);
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  return [
    secret,
    ...base64Forms(bytes),
    ...urlForms(secret),
    hex,
    hex.toUpperCase(),
    ...jsonForms(secret),
    ...shellForms(secret),
    markupForm(secret),
  ];
}

/**
 * Every text in which a secret is recognised: itself, without white space around it, its long lines,
 * and each of these in base64 (any alignment), hex, URL, JSON, shell and markup form.
 * Base64 that is broken into lines is recognised line by line only.
 */
export function secretForms(secret: string): Set<string> {
  const parts = [secret, secret.trim()];
  const lines = secret.split(/\r?\n/);
  if (lines.length > 1) {
    for (const line of lines) {
      const text = line.trim();
      if (text.length >= shortestLine && !text.startsWith('-----')) parts.push(text);
    }
  }
  const forms = new Set<string>();
  for (const part of parts) {
    if (part.length < shortestSecret) continue;
    for (const form of formsOf(part)) if (form.length >= shortestSecret) forms.add(form);
  }
  return forms;
}
