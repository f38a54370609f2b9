import { obstacle } from './needs.js';
import type { ProviderName } from './state.js';

export interface ProviderChoice {
  readonly provider: ProviderName;
  /** Why real hosts are not possible; only with `embedded`. */
  readonly reason?: string;
}

/** Real hosts where the machine can run them, else shells on this machine, with the reason to show. */
export async function chooseProvider(root: string = process.cwd()): Promise<ProviderChoice> {
  const reason = obstacle(root);
  return reason === undefined ? { provider: 'nspawn' } : { provider: 'embedded', reason };
}
