import { neutralise } from '../base/terminal.js';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Text for XML and HTML, in an element or a quoted attribute. Control and bidirectional characters
 * become visible ones, and what XML 1.0 forbids even as a reference (lone surrogates, U+FFFE, U+FFFF)
 * becomes U+FFFD.
 */
export function escapeMarkup(text: string): string {
  return neutralise(text)
    .replace(/[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replace(/[&<>"']/g, (char) => entities[char]!);
}
