/** Line and column of offsets in a text; the lines are counted when first asked for. */
export class Lines {
  private starts: number[] | undefined;

  constructor(private readonly text: string) {}

  /** The position of an offset, both from 1; columns count UTF-16 units. */
  position(offset: number): { line: number; col: number } {
    this.starts ??= lineStarts(this.text);
    let [low, high] = [0, this.starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, col: offset - this.starts[low]! + 1 };
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
