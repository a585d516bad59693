import { expect, test } from "vitest";
import { pagesOf } from "../../../functions/runtime/pages.ts";

test("every page is asked for once, with the token of the one before", async () => {
  const asked: (string | undefined)[] = [];
  const next: Record<string, string> = { first: "b", b: "c" };
  const ask = async (token: string | undefined) => {
    asked.push(token);
    return { items: [token ?? "a"], next: next[token ?? "first"] };
  };
  const pages = await pagesOf(ask, (page) => page.next);
  expect(pages.flatMap(({ items }) => items)).toEqual(["a", "b", "c"]);
  expect(asked).toEqual([undefined, "b", "c"]);
});
