import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts'],
    testTimeout: 20_000,
    // Runs on this machine itself take its lock: one at a time.
    fileParallelism: false,
  },
});
