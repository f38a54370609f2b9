import type { LabState } from '../state.js';
export async function embeddedUp(state: LabState, _hosts: unknown, _key: string, _progress: unknown): Promise<{ state: LabState; hostKeys: Map<string, string> }> {
  return { state, hostKeys: new Map() };
}
export async function embeddedDown(_state: LabState): Promise<void> {}
