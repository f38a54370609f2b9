import { defineConfig } from 'vitest/config';

/** Random input against properties. FUZZ=20 tries twenty times as much; FUZZ_SEED and FUZZ_PATH repeat a failure. */
export default defineConfig({
  test: {
    include: ['test/fuzz/**/*.test.ts'],
    testTimeout: 240_000 * Math.max(1, Number(process.env.FUZZ ?? 1)),
    fileParallelism: false,
  },
});
