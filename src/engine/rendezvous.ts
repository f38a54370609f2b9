/**
 * Where the hosts of a batch wait for each other. A host that waits is released when every host that
 * is still at work waits too; then those that wait at the earliest point of the play go on. So hosts
 * that never come to a point (skipped, failed, finished) hold nobody up, and nothing can deadlock.
 */
export class Rendezvous {
  readonly #working = new Set<string>();
  readonly #waiting = new Map<
    string,
    { readonly point: number; readonly release: (company: readonly string[]) => void }
  >();

  constructor(hosts: Iterable<string>) {
    for (const host of hosts) this.#working.add(host);
  }

  /**
   * Waits at a point (a task's id).
   * @returns the hosts that were released together, this one among them, in the order of the batch
   */
  arrive(host: string, point: number): Promise<readonly string[]> {
    return new Promise((release) => {
      this.#waiting.set(host, { point, release });
      this.#look();
    });
  }

  /** The host has nothing more to do in this batch. */
  leave(host: string): void {
    this.#working.delete(host);
    this.#waiting.delete(host);
    this.#look();
  }

  #look(): void {
    if (this.#waiting.size === 0 || this.#waiting.size < this.#working.size) return;
    const earliest = Math.min(...[...this.#waiting.values()].map(({ point }) => point));
    const company = [...this.#working].filter((host) => this.#waiting.get(host)?.point === earliest);
    for (const host of company) {
      const { release } = this.#waiting.get(host)!;
      this.#waiting.delete(host);
      release(company);
    }
  }
}
