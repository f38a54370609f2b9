import type { Block, Handler, Include, Meta, Node, Role, Task } from '../playbook/tree.js';

export type Leaf = Task | Include | Meta;

/** Where a walk through a list of nodes stands. */
interface Frame {
  readonly nodes: readonly Node[];
  readonly index: number;
  /** The block whose body, rescue or always this list is. */
  readonly block?: Block;
  readonly part?: 'body' | 'rescue' | 'always';
  /** In an `always`: the failure goes on when it is done. */
  readonly failing?: boolean;
  /** The handlers being run. */
  readonly handlers?: boolean;
}

/**
 * Where a host stands in its play: a stack of lists, innermost last. Immutable: a copy is a reference,
 * so that the engine can look ahead, and go back to where a failed task was.
 */
export class Cursor {
  readonly #frames: readonly Frame[];

  private constructor(frames: readonly Frame[]) {
    this.#frames = frames;
  }

  static at(nodes: readonly Node[]): Cursor {
    return new Cursor([{ nodes, index: 0 }]).#settle();
  }

  /** The task, include or meta to do next; undefined at the end. */
  get leaf(): Leaf | undefined {
    const frame = this.#frames.at(-1);
    return frame?.nodes[frame.index] as Leaf | undefined;
  }

  /** True while handlers are being run. */
  get inHandlers(): boolean {
    return this.#frames.some(({ handlers }) => handlers);
  }

  /** True where a failure here would be rescued, or an `always` would run. */
  get guarded(): boolean {
    return this.#frames.some(({ block, part }) => part === 'body' && block!.rescue.length > 0);
  }

  /** Past the leaf. */
  next(): Cursor {
    return this.#step().#settle();
  }

  /** To these nodes, and then past the leaf: what an include brings. */
  enter(nodes: readonly Node[]): Cursor {
    return new Cursor([...this.#step().#frames, { nodes, index: 0 }]).#settle();
  }

  /** To these handlers' tasks, and then to the leaf again. */
  enterHandlers(tasks: readonly Handler['task'][]): Cursor {
    return new Cursor([...this.#frames, { nodes: tasks, index: 0, handlers: true }]).#settle();
  }

  /** Handlers that would run after the one that is being run now. */
  get handlersLeft(): readonly Handler['task'][] {
    const frame = this.#frames.find(({ handlers }) => handlers);
    return (frame?.nodes.slice(frame.index + 1) ?? []) as Handler['task'][];
  }

  /**
   * What a failed leaf leads to: the rescue of the innermost block that has one, else its always parts
   * on the way out. `rescued` says whether the failure ends here.
   */
  fail(): { readonly cursor: Cursor; readonly rescued: boolean } {
    const frames = [...this.#frames];
    for (let frame = frames.pop(); frame; frame = frames.pop()) {
      const { block, part } = frame;
      if (!block) continue;
      if (part === 'body' && block.rescue.length > 0) {
        return {
          cursor: new Cursor([...frames, { nodes: block.rescue, index: 0, block, part: 'rescue' }]).#settle(),
          rescued: true,
        };
      }
      if (part !== 'always' && block.always.length > 0) {
        const always: Frame = { nodes: block.always, index: 0, block, part: 'always', failing: true };
        return { cursor: new Cursor([...frames, always]).#settle(), rescued: false };
      }
    }
    return { cursor: new Cursor([]), rescued: false };
  }

  /** True when an `always` of a failed block has just ended: the failure goes on outwards. */
  get failing(): boolean {
    const frame = this.#frames.at(-1);
    return frame?.failing === true && frame.index >= frame.nodes.length;
  }

  /** Past everything that this role still has to do here. */
  leaveRole(role: Role | undefined): Cursor {
    let cursor = this.next();
    while (role && cursor.leaf?.lexical.role === role) cursor = cursor.next();
    return cursor;
  }

  /** Leaves from here on, as they come if nothing fails and nothing is included. */
  *ahead(): Generator<Leaf> {
    for (let i = this.#frames.length - 1; i >= 0; i--) {
      const { nodes, index, block, part } = this.#frames[i]!;
      // Above a block's frame the list still stands at the block; anywhere else it stands at what comes next.
      const from = this.#frames[i + 1]?.block ? index + 1 : index;
      for (let j = from; j < nodes.length; j++) yield* leaves(nodes[j]!);
      if (block && part !== 'always') for (const node of block.always) yield* leaves(node);
    }
  }

  #step(): Cursor {
    const frames = [...this.#frames];
    const frame = frames.pop();
    if (!frame) return this;
    return new Cursor([...frames, { ...frame, index: frame.index + 1 }]);
  }

  /** Goes on until the innermost frame stands at a leaf, or everything is done. */
  #settle(): Cursor {
    const frames = [...this.#frames];
    for (;;) {
      const frame = frames.at(-1);
      if (!frame) break;
      const node = frame.nodes[frame.index];
      if (node?.kind === 'block') {
        frames.push({ nodes: node.body, index: 0, block: node, part: 'body' });
      } else if (node) break;
      else if (frame.failing) break;
      else {
        frames.pop();
        const always = frame.part === 'body' || frame.part === 'rescue' ? frame.block!.always : [];
        if (always.length > 0) frames.push({ nodes: always, index: 0, block: frame.block, part: 'always' });
        else if (frames.length > 0 && !frame.handlers && frame.block) {
          const outer = frames.pop()!;
          frames.push({ ...outer, index: outer.index + 1 });
        }
      }
    }
    return new Cursor(frames);
  }
}

function* leaves(node: Node): Generator<Leaf> {
  if (node.kind !== 'block') yield node;
  else for (const inner of [...node.body, ...node.always]) yield* leaves(inner);
}
