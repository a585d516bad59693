/**
 * Shows on `out` what is slow: a line when it begins and one when it is done; on a terminal the seconds of all that runs
 * count up in place, below what is done.
 */
export function progressOn(out) {
  const running = new Set();
  let shown = 0;
  let ticking;
  const redraw = (doneLine) => {
    const lines = [...running].map((one) => fitting(one.line, seconds(one), out.columns));
    // Up to the first of the lines that count, and away with them.
    out.write(
      `${shown > 0 ? `\x1b[${shown}F\x1b[J` : ""}${[...(doneLine ? [doneLine] : []), ...lines, ""].join("\n")}`,
    );
    shown = lines.length;
    clearInterval(ticking);
    ticking = shown > 0 ? setInterval(redraw, 1_000) : undefined;
  };
  const tell = (line) => (out.isTTY ? redraw(line) : line && out.write(`${line}\n`));

  return async (what, work) => {
    const one = { line: `gameday set-up: ${what}`, began: Date.now() };
    running.add(one);
    tell(out.isTTY ? undefined : one.line);
    const finish = (text) => {
      running.delete(one);
      tell(`${one.line}: ${text} ${seconds(one)}`);
    };
    try {
      const result = await work();
      finish("done in");
      return result;
    } catch (error) {
      finish(error.name === "Interrupted" ? "stopped after" : "failed after");
      throw error;
    }
  };
}

const seconds = ({ began }) => `${((Date.now() - began) / 1000).toFixed(0)} s`;

/** A line that wrapped would be two, of which only one would be taken away. */
const fitting = (line, end, columns = 80) => `${line.slice(0, columns - end.length - 2)} ${end}`;
