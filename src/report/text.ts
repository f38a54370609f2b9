import { stripVTControlCharacters } from 'node:util';
import { neutralise } from '../base/terminal.js';
import type { Value } from '../base/value.js';

/** Longest line that is shown of a host's output, in UTF-16 units. */
const longestLine = 500;

/** Text from a host or a file as one harmless line: white space of any kind is one space. */
export function oneLine(text: string): string {
  return neutralise(text.length > 4 * longestLine ? `${text.slice(0, 4 * longestLine)}…` : text)
    .replace(/\s+/g, ' ')
    .trim();
}

/** A host's output as harmless lines: colours taken out, what a carriage return overwrote left out. */
export function outputLines(text: string): string[] {
  const lines = stripVTControlCharacters(text).replace(/\r+\n/g, '\n').replace(/\n+$/, '').split('\n');
  return lines.map((line) => {
    const last = line.slice(line.lastIndexOf('\r', line.length - 2) + 1);
    return neutralise(last.length > longestLine ? `${last.slice(0, longestLine)}…` : last);
  });
}

/** The last lines of a host's output, with a note on what was left out; no line for no output. */
export function lastLines(text: string, count: number): string[] {
  if (text.trim() === '') return [];
  const lines = outputLines(text.length > 200 * longestLine ? text.slice(-200 * longestLine) : text);
  if (lines.length <= count) return lines;
  return [`… ${lines.length - count} lines before`, ...lines.slice(-count)];
}

/** `0.3 s`, `12 s`, `2 min 5 s`, `1 h 0 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** `312 B`, `4.2 kB`, `1.0 MB` (powers of 1000). */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 999_950 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `1 host`, `3 hosts`. */
export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** A value as a person reads it: text as it is, anything else as JSON. Not yet harmless. */
export function valueText(value: Value, indent?: number): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, indent);
}
