/** How often a property is tried: a few times by default, a factor more with FUZZ=factor (`FUZZ=50` for an hour of it). */
export function runs(few: number): { numRuns: number; seed?: number; path?: string; endOnFailure: boolean } {
  const factor = Number(process.env.FUZZ ?? 1);
  const { FUZZ_SEED: seed, FUZZ_PATH: path } = process.env;
  return {
    numRuns: Math.max(1, Math.round(few * (Number.isFinite(factor) ? factor : 1))),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(path === undefined ? {} : { path }),
    endOnFailure: process.env.FUZZ_SHRINK === '0',
  };
}
