/** Shows on stderr what is slow: a line when it begins, and one when it is done; on a terminal the seconds count up. */
export async function progress(what, work) {
  const out = process.stderr;
  const began = Date.now();
  const elapsed = () => `${((Date.now() - began) / 1000).toFixed(0)} s`;
  const line = `gameday set-up: ${what}`;
  out.write(out.isTTY ? line : `${line}\n`);
  const ticking = out.isTTY ? setInterval(() => out.write(`\r\x1b[2K${line} ${elapsed()}`), 1_000) : undefined;
  const finish = (text) => {
    clearInterval(ticking);
    out.write(`${out.isTTY ? "\r\x1b[2K" : ""}${line}: ${text} ${elapsed()}\n`);
  };
  try {
    const result = await work();
    finish("done in");
    return result;
  } catch (error) {
    finish("failed after");
    throw error;
  }
}
