/*
 * What the two readers of YAML agree on: a tree of nodes that know where they start, with scalars
 * still as text. `start` counts UTF-16 units from the beginning of the text (after a byte order mark).
 */

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly start: number;
  /** Where the first character of the text itself stands: behind a quote, on the first line of a block. */
  readonly textStart: number;
  readonly text: string;
  readonly plain: boolean;
  readonly tag?: string;
  readonly anchor?: string;
}

export interface PairNode {
  readonly key: YamlNode;
  readonly value: YamlNode;
}

export interface MapNode {
  readonly kind: 'map';
  readonly start: number;
  readonly pairs: readonly PairNode[];
  readonly tag?: string;
  readonly anchor?: string;
}

export interface SequenceNode {
  readonly kind: 'sequence';
  readonly start: number;
  readonly items: readonly YamlNode[];
  readonly tag?: string;
  readonly anchor?: string;
}

export interface AliasNode {
  readonly kind: 'alias';
  readonly start: number;
  readonly name: string;
  /** The node it stands for: known once the values have been built. */
  target?: YamlNode;
}

export type YamlNode = ScalarNode | MapNode | SequenceNode | AliasNode;

/** Something wrong at an offset of the text. */
export interface OffsetProblem {
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
}
