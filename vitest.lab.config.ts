import { defineConfig } from 'vitest/config';

/** Tests on real hosts: one after the other, as they share the hosts of one lab. */
export default defineConfig({
  test: {
    include: ['test/lab/**/*.test.ts'],
    globalSetup: ['test/lab/setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    pool: 'forks',
    retry: 0,
  },
});
