/** Where labels go so that none covers another. */

/** About how wide a bold text is, in units of the picture: there is nothing here that could measure it. */
export function textWidth(text: string, size: number): number {
  return [...text].reduce((sum, character) => sum + emsOf(character), 0) * size;
}

function emsOf(character: string): number {
  if (/[\u2e80-\uffef]|\p{Emoji_Presentation}/u.test(character)) return 1.1;
  if (/[mwMW@%]/.test(character)) return 0.88;
  return /[ijltfr.,:;|' -]/.test(character) ? 0.4 : 0.64;
}

interface Room {
  readonly left: number;
  readonly right: number;
}

interface Mark {
  readonly x: number;
  readonly label: string;
}

interface Side {
  /** The label stands to the left of its pole. */
  readonly flipped: boolean;
  readonly from: number;
  readonly to: number;
}

export type Arranged<M extends Mark> = M &
  Side & {
    /** From 0, the one next to the panel, upwards. */
    readonly row: number;
  };

const FLAG_SIZE = 12;

/**
 * Labels on poles that stand at `x` and reach down from their label's row. Of two labels that come near each other the
 * one whose pole would run through the other takes the lower row; where either's would, the left one is flipped.
 */
export function arrangeFlags<M extends Mark>(marks: readonly M[], room: Room): Arranged<M>[] {
  const waiting = marks.toSorted((a, b) => a.x - b.x).map((mark) => ({ ...mark, ...sideOf(mark, room, false) }));
  for (const [index, mark] of [...waiting.entries()].toReversed()) {
    const torn = waiting.slice(index + 1).some((other) => runsThrough(mark, other) && runsThrough(other, mark));
    if (torn) waiting[index] = { ...mark, ...sideOf(mark, room, true) };
  }
  const placed: Arranged<M>[] = [];
  while (waiting.length > 0) {
    const ready = waiting.findLastIndex((mark) =>
      waiting.every((other) => other === mark || !runsThrough(other, mark)),
    );
    // None is ready where labels lie across each other's poles in a circle: then some pole runs behind some label.
    const [mark] = waiting.splice(ready, 1);
    const above = placed.filter((other) => runsThrough(other, mark!)).map(({ row }) => row + 1);
    const taken = placed.filter((other) => other.from < mark!.to && mark!.from < other.to).map(({ row }) => row);
    let row = Math.max(0, ...above);
    while (taken.includes(row)) row++;
    placed.push({ ...mark!, row });
  }
  return placed.sort((a, b) => a.x - b.x);
}

/** The pole of one would run through the label of the other, were it to come from above. */
const runsThrough = ({ x }: Mark, { from, to }: Side) => from < x && x < to;

/** Right of the pole unless there is room on the left only, or the left is asked for and has room. */
function sideOf({ x, label }: Mark, { left, right }: Room, flip: boolean): Side {
  const width = textWidth(label, FLAG_SIZE) + 12;
  const fitsRight = x + width <= right;
  const fitsLeft = x - width >= left;
  const flipped = fitsLeft && (flip || !fitsRight);
  return flipped ? { flipped, from: x - width, to: x + 4 } : { flipped, from: x - 4, to: x + width };
}

/** Moves labels down or up as little as needed to be `distance` apart, in the order of their places. */
export function placeApart<Label extends { readonly y: number }>(labels: readonly Label[], distance: number): Label[] {
  const sorted = labels.toSorted((a, b) => b.y - a.y);
  let ceiling = Number.POSITIVE_INFINITY;
  return sorted.map((label) => {
    ceiling = Math.min(label.y, ceiling - distance);
    return { ...label, y: ceiling };
  });
}
