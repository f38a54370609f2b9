import type { Position } from '../origin.js';

/** The nodes of a parsed template that we know, in the shape that the Handlebars parser gives them. */
export type Statement = Content | Mustache | Block | Comment | Refused;
export type Expression = Path | Literal | Call;

export interface Located {
  readonly loc: { readonly start: Position };
}

export interface Program {
  readonly body: readonly Statement[];
  readonly blockParams?: readonly string[];
}

export interface Content extends Located {
  readonly type: 'ContentStatement';
  readonly value: string;
}

export interface Comment extends Located {
  readonly type: 'CommentStatement';
}

/** Partials and decorators, which Hostwright's templates don't have. */
export interface Refused extends Located {
  readonly type: 'PartialStatement' | 'PartialBlockStatement' | 'Decorator' | 'DecoratorBlock';
}

interface Callable extends Located {
  readonly path: Path | Literal;
  readonly params: readonly Expression[];
  readonly hash?: { readonly pairs: readonly { readonly key: string; readonly value: Expression }[] };
}

export interface Mustache extends Callable {
  readonly type: 'MustacheStatement';
}

export interface Call extends Callable {
  readonly type: 'SubExpression';
}

export interface Block extends Callable {
  readonly type: 'BlockStatement';
  readonly program?: Program;
  readonly inverse?: Program;
}

export interface Path extends Located {
  readonly type: 'PathExpression';
  /** True for `@index` and the like. */
  readonly data: boolean;
  /** How many `../` it starts with. */
  readonly depth: number;
  readonly parts: readonly string[];
  /** As written, which is how `./x` and `this.x` are told from `x`. */
  readonly original: string;
}

export type Literal = Located &
  (
    | { readonly type: 'StringLiteral'; readonly value: string }
    | { readonly type: 'NumberLiteral'; readonly value: number }
    | { readonly type: 'BooleanLiteral'; readonly value: boolean }
    | { readonly type: 'NullLiteral' }
    | { readonly type: 'UndefinedLiteral' }
  );
