import { stripVTControlCharacters } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { progressOn } from "../../../cli/setup/progress.mjs";

/** What would stand on the screen: lines are taken away as a terminal would. */
function screen(terminal: { isTTY: boolean; columns?: number }) {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const lines: string[] = [];
  const write = (text: string) => {
    // Up by so many lines, then everything below away.
    const [, up = "0F"] = text.split("\u001b[");
    lines.splice(lines.length - Number(up.slice(0, -1)));
    lines.push(...stripVTControlCharacters(text).split("\n").slice(0, -1));
  };
  const progress = progressOn({ ...terminal, write });
  const begin = (what: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const shown = progress(what, () => promise);
    const done = () => {
      resolve();
      return shown;
    };
    const fail = () => {
      reject(new Error("no"));
      return shown.catch(() => undefined);
    };
    return { done, fail };
  };
  return { lines, begin };
}

test("two at once are plain lines where there is no terminal", async () => {
  const { lines, begin } = screen({ isTTY: false });
  const [packages, k6] = [begin("installing"), begin("building")];
  vi.advanceTimersByTime(3_000);
  await packages.done();
  vi.advanceTimersByTime(2_000);
  await k6.fail();
  expect(lines).toEqual([
    "gameday set-up: installing",
    "gameday set-up: building",
    "gameday set-up: installing: done in 3 s",
    "gameday set-up: building: failed after 5 s",
  ]);
});

test("on a terminal each counts in a line of its own, and what is done stays above", async () => {
  const { lines, begin } = screen({ isTTY: true, columns: 80 });
  const [packages, k6] = [begin("installing"), begin("building")];
  vi.advanceTimersByTime(3_000);
  expect(lines).toEqual(["gameday set-up: installing 3 s", "gameday set-up: building 3 s"]);
  await packages.done();
  vi.advanceTimersByTime(2_000);
  expect(lines).toEqual(["gameday set-up: installing: done in 3 s", "gameday set-up: building 5 s"]);
  await k6.done();
  vi.advanceTimersByTime(2_000);
  expect(lines).toEqual(["gameday set-up: installing: done in 3 s", "gameday set-up: building: done in 5 s"]);
});

test("a line that counts is never wider than the terminal", () => {
  const { lines, begin } = screen({ isTTY: true, columns: 31 });
  void begin("building k6 with a compiler of a long name");
  vi.advanceTimersByTime(100_000);
  expect(lines).toEqual(["gameday set-up: building 100 s"]);
});
