import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const DRIVER = fileURLToPath(new URL('./ansible-driver.py', import.meta.url));

/** The Python that has Ansible: perhaps not the first on the path. */
const PYTHON = ['python3', '/usr/bin/python3'].find((python) => {
  try {
    execFileSync(python, ['-c', 'import ansible.cli.inventory'], { stdio: 'ignore', env: environment() });
    return true;
  } catch {
    return false;
  }
});

function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ANSIBLE_LOCALHOST_WARNING: 'false',
    ANSIBLE_DEPRECATION_WARNINGS: 'false',
    LC_ALL: 'C.UTF-8',
  };
}

/** Why there is nothing to compare with; undefined: `ansible-inventory` is installed. */
export function missing(): string | undefined {
  return PYTHON === undefined
    ? 'ansible-core is not installed (apt-get install --no-install-recommends ansible-core)'
    : undefined;
}

export interface Answer {
  readonly out: string;
  readonly code: number;
}

/** One process that answers many questions, in order. */
export class Ansible {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly answers: AsyncIterator<string>;

  constructor() {
    this.child = spawn(PYTHON!, [DRIVER], { env: environment() });
    this.answers = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  async ask(folder: string, args: readonly string[]): Promise<Answer> {
    this.child.stdin.write(`${JSON.stringify([folder, ...args])}\n`);
    const { value, done } = await this.answers.next();
    if (done) throw new Error('the driver ended');
    return JSON.parse(value) as Answer;
  }

  close(): void {
    this.child.stdin.end();
  }
}
