// Follows the project's README as a new user does: the commands of its section "On your fork", one by one, on a machine that has
// nothing but git and the binary, and what each prints against what the README says it prints. A `…` in the README stands for
// anything, a line of its own for any lines.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ACTION, FORK, UPSTREAM, UPTAKE, USERS, World } from "./world.mjs";

const SECTION = "## On your fork";
const HERE = dirname(fileURLToPath(import.meta.url));

/** The commands of the section, each with what it is to print: of the blocks marked `console`, a line with `$ ` is a command. */
async function commands() {
  const text = await readFile(join(HERE, "../../README.md"), "utf8");
  const [, rest] = text.split(`\n${SECTION}\n`);
  assert.ok(rest, `README.md has a section "${SECTION}"`);
  const section = rest.split(/\n## /)[0];
  const found = [];
  for (const [, block] of section.matchAll(/^```console\n([^]*?)^```$/gm)) {
    for (const line of block.trimEnd().split("\n")) {
      if (line.startsWith("$ ")) found.push({ command: line.slice(2), prints: [] });
      else found.at(-1).prints.push(line);
    }
  }
  assert.ok(found.length > 10, "the section has commands");
  return found;
}

/** A pattern for what a command is to print. */
function pattern(lines) {
  const line = (text) => text.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*");
  const all = lines.map((text) => (text.trim() === "…" ? "(?:.*\\n)*?" : `${line(text)}\\n`));
  return new RegExp(`^${all.join("")}$`);
}

const world = await World.start();
const home = join(world.folder, "home");
await mkdir(join(home, "bin"), { recursive: true });
await symlink(UPTAKE, join(home, "bin/uptake"));
// What the README calls github.com is the host here; and somebody who has cloned before is known to git.
const known = world.url("", "maintainer").replace(/\.git$/, "");
await writeFile(
  join(home, ".gitconfig"),
  `[url "${known}"]\n\tinsteadOf = https://github.com/\n[user]\n\tname = Maintainer\n\temail = maintainer@example.org\n[advice]\n\tdetachedHead = false\n`,
);

// Upstream, and a fork of it that has gone its own way.
const upstream = await world.clone(UPSTREAM, "upstream");
await world.git(upstream, ["switch", "--quiet", "--create", "main"]);
const half = (how) => ({ "src/half.rs": `pub fn half(a: i32) -> i32 {\n    ${how}\n}\n` });
const add = (how) => ({ "src/add.rs": `pub fn add(a: i32, b: i32) -> i32 {\n    ${how}\n}\n` });
await world.commit(upstream, "Start", { "README.md": "# Engine\n", ...half("a / 2"), ...add("a + b") });
const fork = await world.clone(FORK, "maintainer", "maintainer");
await world.git(fork, ["pull", "--quiet", upstream, "main"]);
await world.git(fork, ["branch", "--move", "main"]);
await world.commit(fork, "Halve by shifting", half("a >> 1"));
await world.git(fork, ["push", "--quiet", "origin", "main"]);
await world.commit(upstream, "fix: do not overflow in add (#1)", add("a.wrapping_add(b)"));
await world.commit(upstream, "fix: round half down (#2)", half("a.div_euclid(2)"));
await world.commit(upstream, "docs: say more (#3)", { "README.md": "# Engine\n\nMore.\n" });
await world.commit(upstream, "feat: add double (#4)", { "src/double.rs": "pub fn double(a: i32) -> i32 {\n    a * 2\n}\n" });
await world.git(upstream, ["push", "--quiet", "origin", "main"]);

// The repository this program is from, with a tag.
const action = await world.clone(ACTION, "OWNER", "action");
await world.git(action, ["switch", "--quiet", "--create", "main"]);
await world.commit(action, "Release", { "action.yml": "name: Uptake\n" });
await world.git(action, ["tag", "TAG"]);
await world.git(action, ["push", "--quiet", "origin", "main", "TAG"]);

const shell = spawn("bash", ["--norc", "-s"], {
  cwd: home,
  env: {
    HOME: home,
    PATH: `${join(home, "bin")}:${process.env.PATH}`,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_AUTHOR_DATE: "2025-09-02T10:00:00Z",
    GIT_COMMITTER_DATE: "2025-09-02T10:00:00Z",
    LC_ALL: "C.UTF-8",
    GITHUB_API_URL: world.host.api,
    GITHUB_SERVER_URL: world.host.url,
  },
});
let output = "";
let heard = () => {};
for (const stream of [shell.stdout, shell.stderr]) {
  stream.on("data", (data) => {
    output += data;
    heard();
  });
}

/** Runs a command in the one shell, and returns what it printed on both outputs, and how it ended. */
async function type(command) {
  const end = /\u0001(\d+)\n$/;
  output = "";
  shell.stdin.write(`{ ${command}\n} 2>&1 </dev/null; printf '\\001%s\\n' $?\n`);
  while (!end.test(output)) await new Promise((done) => (heard = done));
  const [, code] = output.match(end);
  return { code: Number(code), printed: output.replace(end, "") };
}

let count = 0;
for (const { command, prints } of await commands()) {
  // The one thing that the README cannot name.
  const { code, printed } = await type(command.replace("github_pat_…", USERS.maintainer));
  const told = printed.replaceAll(world.host.url, "https://github.com").replaceAll(home, "");
  // 3: done, and conflicts wait for a person.
  const right = [0, 3].includes(code) && pattern(prints).test(told);
  if (process.env.SHOW) console.log(`$ ${command}\n${told}`);
  if (!right) {
    console.error(`FAILED: $ ${command}\nended with ${code} and printed\n${told}\nREADME.md says\n${prints.join("\n")}`);
    if (!process.env.SHOW) process.exit(1);
  }
  count += 1;
}
shell.stdin.end();

// What the new user has in the end.
const stand = await world.stand();
assert.deepEqual(stand, [
  "#1 open: uptake/critical-fixes into main: Uptake: Security and crash fixes",
  "#2 draft open: uptake/bug-fixes into main: Uptake: Bug fixes",
  "#3 open: uptake/features into main: Uptake: Features",
  "#4 open: uptake/documentation into main: Uptake: Documentation",
]);
await world.dashboard();
await world.stop();
console.log(`ok  README.md, section "${SECTION.slice(3)}": ${count} commands print what it says, and lead to ${stand.length} pull requests`);
