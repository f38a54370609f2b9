import { InvalidArgumentError } from 'commander';

/** Gathers a flag that may be repeated. */
export function gather(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** Gathers a flag that may be repeated and holds words separated by commas. */
export function gatherWords(value: string, before: readonly string[] | undefined): readonly string[] {
  return [
    ...(before ?? []),
    ...value
      .split(',')
      .map((word) => word.trim())
      .filter(Boolean),
  ];
}

/** Counts a flag that may be repeated. */
export function count(_value: unknown, before: number): number {
  return before + 1;
}

/** A whole number from 1. */
export function positive(value: string): number {
  if (/^[1-9]\d{0,6}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('a whole number from 1 is needed.');
}
