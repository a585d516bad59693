import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { type FrontEnds, reserveFrontEnds } from "../../../../stand-in/aws/elastic-beanstalk/front-end.ts";
import { graphOf } from "../../templates.ts";

const KEY = "bundle.zip";
const folder = mkdtempSync(join(tmpdir(), "front-end-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Says what it was started with. */
const SERVER = `
  import { createServer } from "node:http";
  const { PORT, ...rest } = process.env;
  createServer((request, response) => response.end(JSON.stringify({ pid: process.pid, rest })))
    .listen(Number(PORT), "127.0.0.1", () => console.log("up on " + PORT));`;

const RESOURCES = {
  App: { Type: "AWS::ElasticBeanstalk::Application", Properties: {} },
  Version: {
    Type: "AWS::ElasticBeanstalk::ApplicationVersion",
    Properties: { ApplicationName: { Ref: "App" }, SourceBundle: { S3Bucket: "assets", S3Key: KEY } },
  },
  Environment: {
    Type: "AWS::ElasticBeanstalk::Environment",
    Properties: {
      ApplicationName: { Ref: "App" },
      VersionLabel: { Ref: "Version" },
      OptionSettings: [
        { Namespace: "aws:elasticbeanstalk:environment", OptionName: "EnvironmentType", Value: "SingleInstance" },
        {
          Namespace: "aws:elasticbeanstalk:application:environment",
          OptionName: "BACKEND_API_URL",
          Value: "https://api.example/prod",
        },
      ],
    },
  },
  Address: {
    Type: "AWS::SSM::Parameter",
    Properties: { Name: "/address", Value: { "Fn::Sub": "http://${Environment.EndpointURL}" } },
  },
};

let running: FrontEnds | undefined;
afterEach(() => running?.stop());

/** Hosts the environment with a bundle of this code. */
async function host(code: string, procfile = "web: node server.mjs\n") {
  const bundle = mkdtempSync(join(folder, "bundle-"));
  writeFileSync(join(bundle, "server.mjs"), code);
  writeFileSync(join(bundle, "Procfile"), procfile);
  const names = graphOf(RESOURCES)
    .ofType("AWS::ElasticBeanstalk::Environment")
    .map(({ name }) => name);
  const frontEnds = await reserveFrontEnds(() => names);
  running = frontEnds;
  const graph = graphOf(RESOURCES, {}, new Map(frontEnds.endpoints));
  const notHosted = await frontEnds.notHosted(graph, { files: new Map([[KEY, bundle]]) });
  const url = String(graph.ofType("AWS::SSM::Parameter")[0]?.properties.Value);
  const output: string[] = [];
  const pids: number[] = [];
  const open = () =>
    frontEnds.open({
      graph,
      onOutput: (_source, line) => output.push(line),
      onProcess: (pid) => pids.push(pid),
    });
  return { url, output, pids, open, notHosted, stop: () => frontEnds.stop() };
}

const isGone = (pid: number) => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

describe("a front end", () => {
  test("has an address before it runs, and answers there with its option settings and nothing of ours", async () => {
    const { url, open, pids, output } = await host(SERVER);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(url)).status).toBe(503);
    await open();
    const { pid, rest } = (await (await fetch(url)).json()) as { pid: number; rest: Record<string, string> };
    expect([pid]).toEqual(pids);
    expect(rest.BACKEND_API_URL).toBe("https://api.example/prod");
    expect(Object.keys(rest)).not.toContain("EnvironmentType");
    expect(Object.keys(rest)).not.toContain("VITEST");
    expect(output).toEqual([`up on ${new URL(url).port}`]);
  });

  test("is gone when the region stops, even one that does not listen", async () => {
    const { open, pids, stop } = await host(`process.on("SIGTERM", () => {}); ${SERVER}`);
    await open();
    await stop();
    expect(isGone(pids[0]!)).toBe(true);
  });

  test("that ends at once fails the region with its path", async () => {
    const { open, output } = await host(`console.error("no backend"); process.exit(3);`);
    await expect(open()).rejects.toThrow("The front end Test/Environment ended with exit code 3.");
    expect(output.join()).toContain("no backend");
  });

  test.each(["web: npm start\n", "web: node other.mjs\n", ""])(
    "whose Procfile says something else is not hosted, and named: %j",
    async (procfile) => {
      const { open, pids, notHosted } = await host(SERVER, procfile);
      await open();
      expect(pids).toEqual([]);
      expect(notHosted).toMatchObject([{ path: "Test/Environment", type: expect.stringContaining("Procfile") }]);
    },
  );

  test("ends with us, whatever has ended us", async () => {
    const { open, url } = await host(SERVER);
    await open();
    const { rest } = (await (await fetch(url)).json()) as { rest: Record<string, string> };
    const child = spawn(process.execPath, ["--input-type=module", "--eval", SERVER], {
      env: { NODE_OPTIONS: rest.NODE_OPTIONS, PORT: "0" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.stdin.destroy();
    while (child.exitCode === null) await sleep(5);
    expect(child.exitCode).toBe(0);
  });
});

test("an environment without a process keeps its port until the region stops", async () => {
  const { url, stop } = await host(SERVER);
  await stop();
  await expect(fetch(url)).rejects.toThrow("fetch failed");
});
