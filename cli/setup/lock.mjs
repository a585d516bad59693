import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Runs `work` while no other process does so under the same lock. A lock whose process is gone is taken over; between
 * looking and taking over lies a gap of microseconds, in which two could do so at once.
 */
export async function locked(file, work, tell = (line) => process.stderr.write(`${line}\n`)) {
  mkdirSync(dirname(file), { recursive: true });
  for (let told = false; !take(file); told = true) {
    const owner = ownerOf(file);
    if (owner !== undefined && !isRunning(owner)) {
      if (ownerOf(file) === owner) rmSync(file, { force: true });
      continue;
    }
    if (!told) tell(`gameday set-up: waiting for another one (process ${owner}); if there is none, remove ${file}`);
    await sleep(200);
  }
  const letGo = () => rmSync(file, { force: true });
  process.on("exit", letGo);
  try {
    return await work();
  } finally {
    process.off("exit", letGo);
    letGo();
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

/** Undefined while the file is being written, or when it is gone. */
function ownerOf(file) {
  try {
    return Number(readFileSync(file, "utf8")) || undefined;
  } catch {
    return undefined;
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
